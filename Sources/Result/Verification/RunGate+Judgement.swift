// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Replays
import Results

extension RunGate {
    /// How `run`, which must be of this strategy, misses the gate, worded as the end of a sentence; nil if it meets the
    /// gate.
    package func miss(in run: ComparisonResult.Run) -> String? {
        switch demand {
        case .longestGap(let comparison, let bound):
            return comparison.holds(run.longestGap, bound) ? nil : "it is \(run.longestGap.seconds.text()) s"
        case .firstByteOnNewPath(let comparison, let bound):
            let arrivals = run.handoffs.filter { $0.kind != .lost }
            return miss(in: arrivals, comparison, bound, \.firstByteOnNewPath)
        case .carriesAgain(let comparison, let bound):
            let returns = run.handoffs.enumerated().filter { index, handoff in
                handoff.kind == .gained
                    && run.handoffs[..<index].contains { $0.kind == .lost && $0.path == handoff.path }
            }
            return miss(in: returns.map(\.element), comparison, bound, \.carriesAgain)
        case .stranded(let comparison, let bound):
            for handoff in run.handoffs where handoff.kind == .gained {
                for (path, bytes) in handoff.stranded.sorted(by: { $0.key < $1.key })
                where !comparison.holds(bytes.bytes, bound.bytes) {
                    return "\(bytes.bytes) B waited on \(path) \(Self.when(handoff))"
                }
            }
            return run.handoffs.contains { $0.kind == .gained } ? nil : "no path became available"
        case .counter(let name, let comparison, let bound):
            let value = run.counters[name] ?? 0
            return comparison.holds(value, bound) ? nil : "it is \(value)"
        case .events(let events):
            return miss(of: events, in: run)
        }
    }

    private func miss(
        in handoffs: [ComparisonResult.Handoff], _ comparison: Gate.Comparison, _ bound: Duration,
        _ value: (ComparisonResult.Handoff) -> Duration?
    ) -> String? {
        for handoff in handoffs {
            guard let value = value(handoff) else { return "\(handoff.path) carried nothing \(Self.when(handoff))" }
            if !comparison.holds(value, bound) { return "it is \(value.seconds.text()) s \(Self.when(handoff))" }
        }
        return handoffs.isEmpty ? "there was no such hand-off" : nil
    }

    private static func when(_ handoff: ComparisonResult.Handoff) -> String {
        "after \(handoff.path) was \(handoff.kind.rawValue) at \(handoff.time.seconds.text(decimals: 3)) s"
    }

    private func miss(of events: [String], in run: ComparisonResult.Run) -> String? {
        var last: (event: String, place: Int)?
        for event in events {
            let words = event.split(separator: " ")
            let place = run.events.firstIndex {
                words[0] == $0.kind && (words.count < 2 || words[1] == $0.path ?? "")
            }
            guard let place else { return "there was no event '\(event)'" }
            if let last, place <= last.place {
                return "\(event) came at \(run.events[place].time.seconds.text(decimals: 3)) s, "
                    + "before \(last.event) at \(run.events[last.place].time.seconds.text(decimals: 3)) s"
            }
            last = (event, place)
        }
        return nil
    }
}
