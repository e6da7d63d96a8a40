// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Results

/// The effect of every coming and going of a path on a run, from the run's series, events and plan.
extension ComparisonResult.Handoff {
    /// A path counts as having carried payload from this number of IP bytes in a bin of 10 ms on.
    ///
    /// A packet without payload has at most 100 bytes (40 of IPv6, 60 of TCP). A join, an announcement or a withdrawal
    /// puts two or three of them on a link within one round-trip time, so five in one bin never occur. A full segment
    /// has 1500 bytes and arrives within one bin at any rate, since the meter counts whole packets.
    package static let payloadBin = ByteCount(576)

    /// How long before a hand-off a path may last have carried payload to count as in use.
    private static let before = Duration.seconds(1)

    /// - Parameters:
    ///   - record: the run's record; only what happened before its `measured` is examined.
    ///   - series: the run's series from the first SYN on.
    package static func measure(plan: RunPlan, record: RunRecord, series: Series) -> [ComparisonResult.Handoff] {
        let measurement = Measurement(plan: plan, record: record, series: series)
        return measurement.handoffs()
    }

    private struct Measurement {
        let plan: RunPlan
        let record: RunRecord
        let series: Series
        /// Arrived bytes of each path in the direction of the payload.
        let arrived: [[UInt32]]
        /// Spans of consecutive bins without a byte for the application.
        let gaps: [Range<Int>]

        init(plan: RunPlan, record: RunRecord, series: Series) {
            self.plan = plan
            self.record = record
            self.series = series
            let direction = plan.workload.directions[0]
            arrived = plan.paths.map { series.link($0.name, direction)?.arrived ?? [] }
            var gaps: [Range<Int>] = []
            for (bin, bytes) in series.delivered.enumerated() where bytes == 0 {
                if let last = gaps.last, last.upperBound == bin {
                    gaps[gaps.count - 1] = last.lowerBound..<bin + 1
                } else {
                    gaps.append(bin..<bin + 1)
                }
            }
            self.gaps = gaps
        }

        private typealias Instant = (kind: Kind, path: Int, time: Duration)

        func handoffs() -> [ComparisonResult.Handoff] {
            let instants = instants()
            return instants.map { instant in
                let next = instants.first { bin($0.time) > bin(instant.time) }?.time
                var handoff = ComparisonResult.Handoff(
                    kind: instant.kind, path: plan.paths[instant.path].name, time: instant.time,
                    longestGap: longestGap(at: instant.time, next: next))
                handoff.firstByteOnNewPath = firstByte(after: instant, of: instants)
                if instant.kind == .gained {
                    if carriesPayload(instant.path, from: .zero, to: instant.time) {
                        handoff.carriesAgain = handoff.firstByteOnNewPath
                    }
                    handoff.stranded = stranded(at: instant)
                }
                return handoff
            }
        }

        /// In order of time.
        private func instants() -> [Instant] {
            let schedule = MobilitySchedule(plan)
            var joined = schedule.initiallyAttached
            var instants: [Instant] = []
            // For a strategy that uses one path, changes of the other paths are no hand-offs.
            let own = plan.onlyPath.flatMap { name in plan.paths.firstIndex { $0.name == name } }
            for entry in schedule.entries where own == nil || own == entry.path {
                let time = entry.time - plan.offset
                switch entry.action {
                case .radioDown:
                    if carriesPayload(entry.path, from: time - before, to: time) {
                        instants.append((.lost, entry.path, time))
                    }
                case .join:
                    joined[entry.path] = true
                    // If there is a home address, its moves are the hand-offs.
                    if !plan.hasHomeAddress { instants.append((.gained, entry.path, time)) }
                case .leave:
                    joined[entry.path] = false
                case .renumber:
                    // A new address during an outage is part of the path's return.
                    if joined[entry.path] { instants.append((.renumbered, entry.path, time)) }
                case .fade, .radioUp:
                    break
                }
            }
            for route in plan.routes where route.end == .home && route.time > plan.offset {
                if let path = route.path { instants.append((.moved, path, route.time - plan.offset)) }
            }
            // At the same instant the order of the kinds decides, so that the result does not depend on the sorting
            // algorithm.
            return instants.enumerated().filter { $0.element.time < record.measured }.sorted {
                ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
            }.map(\.element)
        }

        // MARK: - Paths

        private func bin(_ time: Duration) -> Int {
            Int(max(.zero, time).wholeNanoseconds / Series.binWidth.wholeNanoseconds)
        }

        /// The first bin in which a path carried payload.
        private func firstPayload(_ path: Int, in bins: Range<Int>) -> Int? {
            let column = arrived[path]
            return bins.clamped(to: column.indices).first { Int64(column[$0]) >= payloadBin.bytes }
        }

        private func carriesPayload(_ path: Int, from start: Duration, to end: Duration) -> Bool {
            bin(start) < bin(end) && firstPayload(path, in: bin(start)..<bin(end)) != nil
        }

        /// The time until the end of the bin in which the byte arrived.
        private func firstByte(after instant: Instant, of instants: [Instant]) -> Duration? {
            var start = bin(instant.time)
            var paths = [instant.path]
            switch instant.kind {
            case .gained where !plan.usesMPTCP || isOpen(instant.path, at: instant.time), .moved:
                break
            case .gained, .renumbered:
                // Data in flight to an old address still arrives, ahead of the packets that make the new subflow; and
                // data that a subflow still held when it was closed is sent for as long as no one answers.
                guard let made = connected(instant.path, after: instant.time) else { return nil }
                start = bin(made) + 1
            case .lost:
                paths = plan.paths.indices.filter {
                    $0 != instant.path && !carriesPayload($0, from: instant.time - before, to: instant.time)
                }
            }
            // Data that a path carries after it was lost again belongs to its next return.
            let bins = paths.compactMap { path -> Int? in
                let lost = instants.first { $0.kind == .lost && $0.path == path && $0.time > instant.time }?.time
                let end = lost.map(bin) ?? arrived[path].count
                return start < end ? firstPayload(path, in: start..<end) : nil
            }
            return bins.min().map { Series.binWidth * ($0 + 1) - instant.time }
        }

        /// Whether MPTCP has a subflow over the path.
        private func isOpen(_ path: Int, at time: Duration) -> Bool {
            let kinds = ["mptcp.established", "mptcp.sub-established", "mptcp.sub-closed"]
            let last = record.events.last {
                $0.time <= time && $0.path == plan.paths[path].name && kinds.contains($0.kind)
            }
            return last.map { $0.kind != "mptcp.sub-closed" } ?? false
        }

        /// When a connection or subflow over the path was made.
        private func connected(_ path: Int, after time: Duration) -> Duration? {
            let name = plan.paths[path].name
            let kinds = plan.usesMPTCP ? ["mptcp.sub-established", "mptcp.established"] : ["connected"]
            return record.events.first {
                $0.time >= time && kinds.contains($0.kind) && ($0.path == nil || $0.path == name)
            }?.time
        }

        // MARK: - The application and the sender

        /// The longest among the gap that contains this hand-off and those that begin between it and the next one. A
        /// gap that begins in between and contains the next hand-off counts only for that one.
        private func longestGap(at time: Duration, next: Duration?) -> Duration {
            let own = bin(time)
            let next = next.map(bin) ?? Int.max
            return Series.binWidth
                * (gaps.filter { gap in
                    gap.contains(own) || gap.lowerBound > own && gap.lowerBound < next && !gap.contains(next)
                }.map(\.count).max() ?? 0)
        }

        /// The amounts that the run noted when the path joined.
        private func stranded(at instant: Instant) -> [String: ByteCount] {
            let name = plan.paths[instant.path].name
            let joining = record.events.firstIndex {
                $0.kind == "joined" && $0.path == name && $0.time + Series.binWidth > instant.time
            }
            guard let joining else { return [:] }
            var waiting: [String: ByteCount] = [:]
            for event in record.events[(joining + 1)...].prefix(while: { $0.kind == "stranded" }) {
                guard let path = event.path,
                    let count = event.detail?.split(separator: " ").first.flatMap({ Int64($0) })
                else { continue }
                waiting[path] = ByteCount(count)
            }
            return waiting
        }
    }
}
