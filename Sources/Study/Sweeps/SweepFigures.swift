// SPDX-License-Identifier: Apache-2.0
import Reports
import Statistics
import Traces

/// A sweep's curves over its parameter, if it has exactly one and its values are numbers.
package struct SweepFigures {
    package let goodput: GridFigure
    /// The ratio to the strongest Optimal TCP.
    package let gain: GridFigure

    /// nil if points differ in more than one parameter besides the walk, or in a parameter whose values are not
    /// numbers.
    package init?(_ result: SweepResult) {
        let columns = SweepGains.columns(of: result)
        let gains = SweepGains.all(of: result)
        guard columns.count == 1, gains.allSatisfy({ Double($0.point[0]) != nil }) else { return nil }
        var strategies: [String] = []
        for gain in gains where !strategies.contains(gain.strategy) { strategies.append(gain.strategy) }
        func curves(_ strategies: [String], _ sample: (SweepGains) -> [Double]) -> [GridFigure.Curve] {
            strategies.enumerated().map { place, strategy in
                let points = gains.filter { $0.strategy == strategy }.compactMap { gain -> GridFigure.Point? in
                    let values = Sample(sample(gain))
                    guard let mean = values.mean, let x = Double(gain.point[0]) else { return nil }
                    let interval = values.meanInterval()?.cutAtZero
                    return .init(x: x, value: mean, low: interval?.low, high: interval?.high)
                }
                return .init(
                    name: Self.name(strategy), look: GridFigure.look(of: strategy, at: place), points: points)
            }
        }
        let parameter = Self.words(columns[0])
        goodput = GridFigure(
            title: "Goodput of every strategy", parameter: parameter, unit: "Mb/s",
            curves: curves(strategies, \.goodput))
        gain = GridFigure(
            title: "Goodput over that of Optimal TCP", parameter: parameter, unit: "x",
            curves: curves(strategies.filter { $0 == "mptcp" || $0 == "wifi-first" }, \.ratios),
            reference: 1)
    }

    static func name(_ strategy: String) -> String { strategy == "optimal" ? "Optimal TCP" : strategy }

    /// `wifi_coverage_percent` as `wifi coverage, per cent`.
    static func words(_ column: String) -> String {
        for (ending, unit) in [("_percent", "per cent"), ("_mbps", "Mb/s"), ("_s", "s")] where column.hasSuffix(ending)
        {
            return column.dropLast(ending.count).split(separator: "_").joined(separator: " ") + ", \(unit)"
        }
        return column
    }
}
