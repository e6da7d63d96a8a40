// SPDX-License-Identifier: Apache-2.0
import Quantities
import Statistics

/// A quantity by which strategies are compared, measured on runs of the first direction that was measured.
package enum SweepMeasure: Sendable, Equatable {
    /// Mb/s.
    case goodput
    /// Mb/J under an energy model.
    case efficiency(model: String)

    func value(of row: SweepRow) -> Double? {
        switch self {
        case .goodput: return row.goodput?.megabitsPerSecond
        case .efficiency(let model):
            guard let delivered = row.delivered, let joules = row.energy[model], joules > 0 else { return nil }
            return Double(delivered.bytes) * 8 / 1e6 / joules
        }
    }

    /// The mean over a cell's seeds; nil if no seed has a value.
    func mean(of strategy: String, in rows: [SweepRow]) -> Double? {
        Sample(bySeed(strategy, rows).sorted { $0.key < $1.key }.map(\.value)).mean
    }

    /// The mean, over a cell's seeds, of the ratio of two strategies in the same seed; nil if no seed has a ratio.
    func ratio(of strategy: String, to other: String, in rows: [SweepRow]) -> Double? {
        Sample(Sample.pairedRatios(bySeed(strategy, rows), to: bySeed(other, rows)).map(\.ratio)).mean
    }

    private func bySeed(_ strategy: String, _ rows: [SweepRow]) -> [UInt64: Double] {
        Dictionary(
            rows.filter { $0.strategy == strategy && $0.direction == rows.first?.direction }.compactMap { row in
                value(of: row).map { (row.seed, $0) }
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension SweepResult {
    /// The points of the grid without the walk, in the grid's order, each with the rows of its walks.
    package var points: [(point: [String], walks: [[SweepRow]])] {
        var points: [(point: [String], walks: [[SweepRow]])] = []
        var places: [[String]: Int] = [:]
        for (index, rows) in rows.enumerated() {
            let point = zip(identity.values(of: index), identity.isWalk).filter { !$1 }.map(\.0)
            if let place = places[point] {
                points[place].walks.append(rows)
            } else {
                places[point] = points.count
                points.append((point, [rows]))
            }
        }
        return points
    }

    /// For each walk at a point, the ratio of two strategies.
    package func ratios(
        of strategy: String, to other: String, by measure: SweepMeasure, at point: [String]
    ) -> Sample {
        let walks = points.first { $0.point == point }?.walks ?? []
        return Sample(walks.compactMap { measure.ratio(of: strategy, to: other, in: $0) })
    }

    /// For each walk at a point, the measure of a strategy.
    package func values(of strategy: String, by measure: SweepMeasure, at point: [String]) -> Sample {
        let walks = points.first { $0.point == point }?.walks ?? []
        return Sample(walks.compactMap { measure.mean(of: strategy, in: $0) })
    }
}
