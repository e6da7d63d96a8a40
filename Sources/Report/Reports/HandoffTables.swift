// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Plans

/// What every arrival and departure of a path cost the application.
enum HandoffTables {
    private static let headers = ["longest gap, mean", "first byte", "carries again", "stranded kB"]

    /// The same event in every seed: the nth of its kind on its path.
    private struct Event {
        let kind: ComparisonResult.Handoff.Kind
        let path: String
        var all: [ComparisonResult.Handoff]

        var name: String { "\(kind.rawValue) \(path)" }
    }

    /// All events of one kind on one path under one strategy, in one row.
    static func grouped(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable("Hand-offs", headers: ["hand-offs", "events", "longest gap, max"] + headers)
        for (strategy, events) in events(of: result) {
            var groups: [Event] = []
            for event in events {
                if let index = groups.firstIndex(where: { $0.kind == event.kind && $0.path == event.path }) {
                    groups[index].all += event.all
                } else {
                    groups.append(event)
                }
            }
            for group in groups {
                table.add(
                    "\(strategy): \(group.name)",
                    ["\(group.all.count)", Wording.seconds(group.all.map(\.longestGap).max())] + cells(group.all))
            }
        }
        return table
    }

    /// Every event, as a mean over the seeds that have it.
    static func events(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable("Every hand-off", headers: ["event", "at", "seeds"] + headers)
        for (strategy, events) in events(of: result) {
            table.addGroup(strategy.description)
            for event in events {
                table.add(
                    event.name,
                    [Wording.seconds(event.all.map(\.time).mean, 1), "\(event.all.count)"] + cells(event.all))
            }
        }
        return table
    }

    private static func cells(_ all: [ComparisonResult.Handoff]) -> [String] {
        let stranded = all.flatMap { $0.stranded.values.map { Double($0.bytes) / 1000 } }
        let byEvent = all.filter { !$0.stranded.isEmpty }.count
        return [
            Wording.seconds(all.map(\.longestGap).mean), some(all.map(\.firstByteOnNewPath)),
            some(all.map(\.carriesAgain)),
            byEvent > 0 ? (stranded.reduce(0, +) / Double(byEvent)).text(decimals: 1) : Wording.unknown,
        ]
    }

    /// The mean of the known times and, if some are unknown, how many are known.
    private static func some(_ times: [Duration?]) -> String {
        let known = times.compactMap { $0 }
        guard !known.isEmpty, known.count < times.count else { return Wording.seconds(known.mean) }
        return "\(Wording.seconds(known.mean)), \(known.count) of \(times.count)"
    }

    private static func events(of result: ComparisonResult) -> [(StrategyName, [Event])] {
        StrategyTotals.all(of: result).compactMap { totals in
            var events: [(place: Int, event: Event)] = []
            for run in result.runs where run.strategy == totals.strategy {
                var seen: [String: Int] = [:]
                for handoff in run.handoffs {
                    let name = "\(handoff.kind.rawValue) \(handoff.path)"
                    let place = seen[name, default: 0]
                    seen[name] = place + 1
                    if let index = events.firstIndex(where: { $0.place == place && $0.event.name == name }) {
                        events[index].event.all.append(handoff)
                    } else {
                        events.append((place, Event(kind: handoff.kind, path: handoff.path, all: [handoff])))
                    }
                }
            }
            guard !events.isEmpty else { return nil }
            return (totals.strategy, events.map(\.event))
        }
    }
}
