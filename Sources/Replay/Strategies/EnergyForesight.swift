// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Radios
import Traces

/// Decides before a run which single path is used at each time. The decision knows from the traces what each radio's
/// joules would buy.
package enum EnergyForesight {
    /// The interval between choices, and the shortest time to look ahead.
    package static let step = Duration.seconds(1)

    /// Chooses a path in each step, and whenever a path comes or goes: the attached path whose radio gives the most
    /// bits per joule at the rate that it can carry in the step.
    ///
    /// With a dwell time, a choice looks that far ahead instead, or as far as a path stays attached: one good second is
    /// no reason to spend half a minute with a path. A choice is kept if no other path is better, and if nothing is
    /// attached or the attached paths carry nothing.
    ///
    /// - Parameters:
    ///   - capacity: the capacity of each path in `direction`.
    ///   - attachments: the attachments of each path. All times are on the trace's clock.
    ///   - span: from the first SYN to the run's end. The first step begins with it.
    ///   - dwell: the shortest time for which a choice is kept, unless its path detaches.
    /// - Returns: the first choice, made as soon as a path is attached in the span, then every change.
    package static func selections(
        capacity: [Curve], direction: Direction = .down, kinds: [PathKind], attachments: [[RunPlan.Attachment]],
        span: Range<Duration>, model: EnergyModel, dwell: Duration = .zero
    ) -> [PathSelection] {
        func rate(of path: Int, from start: Duration) -> DataRate {
            let detachment = attachments[path].first { $0.time > start && !$0.attached }?.time
            let horizon = min(start + max(step, dwell), span.upperBound, detachment ?? span.upperBound)
            let carried = capacity[path].carried(from: start, to: horizon)
            return DataRate(bitsPerSecond: carried * 8 / (horizon - start).seconds)
        }
        let changes = attachments.flatMap { $0.map(\.time) }.filter { span.contains($0) }.sorted()
        var selections: [PathSelection] = []
        var present: Int?
        var chosen = span.lowerBound
        var start = span.lowerBound
        while start < span.upperBound {
            let end = min(start + step, span.upperBound, changes.first { $0 > start } ?? span.upperBound)
            let attached = attachments.map { path in path.last { $0.time <= start }?.attached ?? true }
            let mayLeave = present.map { !attached[$0] || start - chosen >= dwell } ?? true
            if mayLeave {
                var best = present
                var most = EnergyEfficiency(bitsPerJoule: 0)
                // The present path comes first, so that it is kept if no other path is better.
                for path in [present].compactMap({ $0 }) + capacity.indices where attached[path] {
                    let rate = rate(of: path, from: start)
                    guard let efficiency = model.efficiency(of: kinds[path], at: rate, direction), efficiency > most
                    else { continue }
                    (best, most) = (path, efficiency)
                }
                // A path must be used at first, whatever it carries. None is used if none is attached.
                if let next = best ?? attached.firstIndex(of: true), next != present {
                    selections.append(PathSelection(time: start, paths: [next]))
                    (present, chosen) = (next, start)
                }
            }
            start = end
        }
        return selections
    }

    /// - Throws: `Fault` if the energy model does not exist.
    static func selections(of walk: KnownWalk, dwell: Duration) throws -> [PathSelection] {
        selections(
            capacity: walk.capacity, direction: walk.direction, kinds: walk.paths.map(\.kind),
            attachments: walk.paths.map(\.attachments), span: walk.span,
            model: try EnergyModel.named(walk.energy.model), dwell: dwell)
    }
}
