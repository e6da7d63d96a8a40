import Runs
import Statistics
import Units

/// The result as a terminal shows it.
package enum ComparisonTable {
    package static func text(of result: ComparisonResult) -> String {
        var table = TextTable()
        table.add("", "mean MB", "95 % over seeds", "Mb/s", "longest gap", "seeds")
        for totals in StrategyTotals.all(of: result) {
            table.add(
                totals.strategy.description, mean(totals.megabytes, 1), interval(totals.megabytes, 1),
                mean(totals.goodput, 2), "\(totals.longestGap.seconds.text(decimals: 2)) s", "\(totals.seeds)")
        }
        let bounds = BoundTotals.all(of: result)
        if !bounds.isEmpty { table.addBlank() }
        for bound in bounds {
            table.add(
                (bound.kind == .variant ? "  " : "") + bound.name, mean(bound.megabytes, 1),
                interval(bound.megabytes, 1), mean(bound.goodput, 2), "", "\(bound.megabytes.values.count)")
        }
        var ratios = TextTable()
        let known = result.ratios.filter { $0.seed == nil && $0.value != nil }
        if !known.isEmpty { ratios.add("ratio", "mean", "95 % over seeds") }
        for ratio in known {
            let interval = ratio.low.flatMap { low in
                ratio.high.map { "\(low.text(decimals: 3)) to \($0.text(decimals: 3))" }
            }
            ratios.add(ratio.name, (ratio.value ?? 0).text(decimals: 3), interval ?? "-")
        }
        return [
            "\(HeadlineSentence.text(of: result))\n", table.text, ratios.text,
            "\(FidelitySummary(result).sentence)\n",
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    static func mean(_ sample: Sample, _ decimals: Int) -> String {
        sample.mean?.text(decimals: decimals) ?? "-"
    }

    static func interval(_ sample: Sample, _ decimals: Int) -> String {
        sample.meanInterval().map { "\($0.low.text(decimals: decimals)) to \($0.high.text(decimals: decimals))" } ?? "-"
    }
}
