// SPDX-License-Identifier: Apache-2.0
import Documents
import Statistics

/// What each strategy gained over the strongest Optimal TCP of the same walk and seed, at one point of the grid: the
/// mean over walks of each walk's ratio, with Student's t interval over walks, which are the independent samples. Seeds
/// of one walk are averaged first.
package struct SweepGains: Sendable, Equatable {
    /// The values that the walks of this group share, by column.
    let point: [String]
    let strategy: String
    /// One ratio for each walk, in order.
    let ratios: [Double]
    /// Mb/s of each walk, in order, including walks that have no ratio.
    let goodput: [Double]

    var mean: Double? { Sample(ratios).mean }
    var interval: Interval? { Sample(ratios).meanInterval()?.cutAtZero }

    static func columns(of result: SweepResult) -> [String] {
        zip(result.identity.columns, result.identity.isWalk).filter { !$1 }.map(\.0)
    }

    /// Points are in the order of the grid, strategies in that of the replay.
    static func all(of result: SweepResult) -> [SweepGains] {
        result.points.flatMap { point, cells in
            var strategies: [String] = []
            for row in cells.joined() where row.kind == .run && !strategies.contains(row.strategy) {
                strategies.append(row.strategy)
            }
            // The bound itself is listed too, for its goodput.
            return (strategies + ["optimal"]).map { strategy in
                SweepGains(
                    point: point, strategy: strategy,
                    ratios: cells.compactMap { SweepMeasure.goodput.ratio(of: strategy, to: "optimal", in: $0) },
                    goodput: cells.compactMap { SweepMeasure.goodput.mean(of: strategy, in: $0) })
            }
        }
    }

    /// nil if there is a ratio to Optimal TCP.
    static func whyNoRatio(_ result: SweepResult) -> String? {
        guard all(of: result).allSatisfy(\.ratios.isEmpty) else { return nil }
        return
            "Optimal TCP is not known without a TCP run over every path; add tcp-NAME of each path to the strategies."
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
