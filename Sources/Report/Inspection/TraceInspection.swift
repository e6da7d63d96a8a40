// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import TraceFormats
import Traces

enum TraceInspection {
    /// One direction of a path.
    private struct Row {
        var name: String
        var direction: String
        var duration: Duration
        /// The rate of each 100 ms.
        var rates: [DataRate]
        var mean: DataRate
        var largest: DataRate
        var outage: Duration

        var document: JSON {
            .object([
                "name": .string(name), "direction": .string(direction), "seconds": .number(duration.seconds),
                "mean_mbps": .number(mean.megabitsPerSecond), "max_mbps": .number(largest.megabitsPerSecond),
                "outage_s": .number(outage.seconds),
            ])
        }
    }

    static func inspect(_ reading: TraceReading, path: String) -> Inspection {
        switch reading.contents {
        case .path(let trace, let lacking):
            inspect(trace, lacking.contains(.uplink) ? [.down] : Direction.allCases)
        case .opportunities(let opportunities): inspect(opportunities, path: path)
        case .rates(let rates, let end): inspect(rates, end: end, path: path)
        }
    }

    private static func inspect(_ trace: PathTrace, _ directions: [Direction]) -> Inspection {
        let rows = directions.map { direction in
            row(
                trace.name, direction.rawValue, trace.duration, trace.curve(direction),
                largest: trace.samples.lazy.map { $0.attached ? $0[direction].rate : .zero }.max() ?? .zero)
        }
        let detached = trace.detached.reduce(Duration.zero) { $0 + $1.upperBound - $1.lowerBound }
        let head =
            "trace of path '\(trace.name)' (\(trace.kind.rawValue)), detached \(detached.seconds.text(decimals: 1)) s; "
            + "source: \(trace.source)\n"
        return inspection(
            "trace", rows, head: head,
            [
                "path_kind": .string(trace.kind.rawValue), "detached_s": .number(detached.seconds),
                "source": .string(trace.source),
            ])
    }

    private static func inspect(_ rates: [TimedRate], end: Duration, path: String) -> Inspection {
        let row = row(
            path, "one way", end, Curve(rates: rates.map { ($0.time, $0.rate) }, end: end),
            largest: rates.map(\.rate).max() ?? .zero)
        return inspection(
            "rates", [row], head: "\(path): \(rates.count) rates of IP-layer capacity\n",
            ["rates": .integer(Int64(rates.count))])
    }

    private static func inspect(_ opportunities: Opportunities, path: String) -> Inspection {
        let rates = opportunities.rates(until: opportunities.period)
        let curve = Curve(rates: rates.enumerated().map { (.seconds($0), $1) }, end: opportunities.period)
        let row = row(path, "one way", opportunities.period, curve, largest: rates.max() ?? .zero)
        return inspection(
            "opportunities", [row], head: "\(path): \(opportunities.milliseconds.count) delivery opportunities\n",
            ["opportunities": .integer(Int64(opportunities.milliseconds.count))])
    }

    private static func row(
        _ name: String, _ direction: String, _ duration: Duration, _ curve: Curve, largest: DataRate
    ) -> Row {
        let step = Duration.milliseconds(100)
        let count = Int((duration.seconds / step.seconds).rounded(.up))
        let rates = (0..<max(1, count)).map { index in
            let end = min(step * (index + 1), duration)
            let span = end - step * index
            return DataRate(bitsPerSecond: curve.carried(from: step * index, to: end) * 8 / span.seconds)
        }
        // An outage is the time in which the curve stays level.
        let outage = zip(curve.points, curve.points.dropFirst()).lazy
            .filter { $0.position == $1.position }.reduce(Int64(0)) { $0 + $1.1.time - $1.0.time }
        return Row(
            name: name, direction: direction, duration: duration, rates: rates,
            mean: DataRate(bitsPerSecond: curve.total.bytes * 8 / duration.seconds), largest: largest,
            outage: .nanoseconds(outage))
    }

    private static func inspection(_ kind: String, _ rows: [Row], head: String, _ members: [String: JSON]) -> Inspection
    {
        var table = TextTable(textColumns: [1])
        table.add(["path", "direction", "seconds", "mean Mb/s", "max Mb/s", "outage s"])
        for row in rows {
            table.add([
                row.name, row.direction, row.duration.seconds.text(decimals: 1),
                row.mean.megabitsPerSecond.text(decimals: 2), row.largest.megabitsPerSecond.text(decimals: 2),
                row.outage.seconds.text(decimals: 1),
            ])
        }
        let plots = rows.map {
            TerminalPlot.text(title: "\($0.name), \($0.direction)", $0.rates, step: .milliseconds(100))
        }
        return Inspection(
            kind: kind, members.merging(["paths": .array(rows.map(\.document))]) { _, rows in rows },
            text: ([head, table.text] + plots).joined(separator: "\n"))
    }
}
