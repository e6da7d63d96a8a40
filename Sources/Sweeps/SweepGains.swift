import Runs
import Statistics
import Units

/// What each strategy was worth against the strongest Optimal TCP of the same walk and seed, at one point of the grid: the mean
/// over walks of each walk's ratio, with Student's t interval over walks, which are the independent samples. Seeds of one walk
/// are averaged first.
package struct SweepGains: Sendable, Equatable {
    /// What the walks of this group have in common, by column.
    let point: [String]
    let strategy: String
    /// Of each walk, in order.
    let ratios: [Double]
    /// Mb/s of each walk, likewise; also of walks for which there is no ratio.
    let goodput: [Double]

    var mean: Double? { Sample(ratios).mean }
    var interval: Interval? { Sample(ratios).meanInterval() }

    static func columns(of result: SweepResult) -> [String] {
        zip(result.identity.columns, result.identity.isWalk).filter { !$1 }.map(\.0)
    }

    /// Points in the order of the grid, strategies in that of the replay.
    static func all(of result: SweepResult) -> [SweepGains] {
        var points: [[String]] = []
        var cells: [[String]: [[SweepRow]]] = [:]
        for (index, rows) in result.rows.enumerated() {
            let point = zip(result.identity.values(of: index), result.identity.isWalk).filter { !$1 }.map(\.0)
            if cells[point] == nil { points.append(point) }
            cells[point, default: []].append(rows)
        }
        return points.flatMap { point in
            let cells = cells[point] ?? []
            var strategies: [String] = []
            for row in cells.joined() where row.kind == .run && !strategies.contains(row.strategy) {
                strategies.append(row.strategy)
            }
            // The bound itself, for its goodput.
            return (strategies + ["optimal"]).map { strategy in
                SweepGains(
                    point: point, strategy: strategy, ratios: cells.compactMap { ratio(of: strategy, in: $0) },
                    goodput: cells.compactMap { rows in
                        Sample(first(rows, strategy).compactMap { $0.goodput?.megabitsPerSecond }).mean
                    })
            }
        }
    }

    /// In the first direction that was measured.
    private static func first(_ rows: [SweepRow], _ strategy: String) -> [SweepRow] {
        rows.filter { $0.strategy == strategy && $0.direction == rows.first?.direction }
    }

    private static func ratio(of strategy: String, in rows: [SweepRow]) -> Double? {
        func bySeed(_ strategy: String) -> [UInt64: Double] {
            Dictionary(
                first(rows, strategy).compactMap { row in row.delivered.map { (row.seed, Double($0.bytes)) } },
                uniquingKeysWith: { first, _ in first })
        }
        return Sample(Sample.pairedRatios(bySeed(strategy), to: bySeed("optimal")).map(\.ratio)).mean
    }

    var json: JSON {
        .object([
            "point": .line(point.map(JSON.string)),
            "strategy": .string(strategy),
            "walks": .integer(Int64(goodput.count)),
            "goodput_mbps": .optional(Sample(goodput).mean),
            "to_optimal": .object([
                "mean": .optional(mean), "low": .optional(interval?.low), "high": .optional(interval?.high),
            ]),
        ])
    }
}
