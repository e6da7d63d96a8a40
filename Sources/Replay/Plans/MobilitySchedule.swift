// SPDX-License-Identifier: Apache-2.0
/// When each radio of the mobile host comes and goes, and when the host acts on it. It combines the traces' attachment
/// changes, with the mobility agent's detection and acquisition delays applied, and the changes of the host's
/// addresses.
package struct MobilitySchedule: Sendable, Equatable {
    package enum Action: Sendable, Equatable {
        /// The mobile host sees that the radio is about to go.
        case fade
        /// The radio carries nothing from now on; what waits for it is lost.
        case radioDown
        /// The mobile host gives up address, route and endpoint of the path.
        case leave
        /// The radio carries again.
        case radioUp
        /// The path's address is usable.
        case join
        /// The path's address becomes another one.
        case renumber
    }

    package struct Entry: Sendable, Equatable {
        /// The time on the trace's clock.
        package let time: Duration
        /// The index into the plan's paths.
        package let path: Int
        package let action: Action
    }

    /// Whether each path is attached when the run begins.
    package let initiallyAttached: [Bool]
    /// The entries after the run's beginning, in order of time; entries of one instant are in the order of the paths.
    package let entries: [Entry]

    package init(_ plan: RunPlan) {
        self.init(paths: plan.paths, mobility: plan.mobility, offset: plan.offset)
    }

    /// - Parameter offset: when the run begins.
    package init(paths: [RunPlan.Path], mobility: Mobility, offset: Duration) {
        var entries: [Entry] = []
        var initially: [Bool] = []
        for (index, path) in paths.enumerated() {
            let attached = path.attachments.last { $0.time <= offset }?.attached ?? true
            initially.append(attached)
            var state = PathState(index: index, mobility: mobility, joined: attached, since: offset)
            let changes = path.attachments.filter { $0.time > offset }
            for (position, change) in changes.enumerated() {
                let next = position + 1 < changes.count ? changes[position + 1].time : nil
                entries += state.entries(for: change, next: next)
            }
            entries += path.addressChanges.filter { $0 > offset }.map {
                Entry(time: $0, path: index, action: .renumber)
            }
        }
        initiallyAttached = initially
        // A stable order: by time, then path, then as they were made.
        self.entries = entries.enumerated().sorted {
            ($0.element.time, $0.element.path, $0.offset) < ($1.element.time, $1.element.path, $1.offset)
        }.map(\.element)
    }

    private struct PathState {
        let index: Int
        let mobility: Mobility
        var joined: Bool
        /// When the path joined, if it is joined.
        var since: Duration

        /// A change that is undone before the host has noticed it leaves the host as it was.
        mutating func entries(for change: RunPlan.Attachment, next: Duration?) -> [Entry] {
            let time = change.time
            let radio = Entry(time: time, path: index, action: change.attached ? .radioUp : .radioDown)
            guard change.attached != joined else { return [radio] }
            let acts = time + (change.attached ? mobility.acquisition : mobility.detection)
            if let next, next <= acts { return [radio] }
            joined = change.attached
            guard !joined else {
                since = acts
                return [radio, Entry(time: acts, path: index, action: .join)]
            }
            let fade = Entry(time: max(since, time - mobility.warning), path: index, action: .fade)
            return (mobility.warning > .zero ? [fade] : []) + [radio, Entry(time: acts, path: index, action: .leave)]
        }
    }
}
