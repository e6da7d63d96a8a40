// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Results

/// The energy that the radios took under every model, and the paper's table.
enum EnergyTables {
    static func models(of result: ComparisonResult) -> ResultTable {
        let models = EnergyTotals.models(of: result)
        var table = ResultTable(
            "Energy", headers: ["", "Mb/s"] + models.flatMap { ["\($0), J", "Mb/J"] })
        guard !models.isEmpty else { return table }
        for totals in StrategyTotals.all(of: result) {
            let runs = result.runs.filter { $0.strategy == totals.strategy }
            let cells = models.flatMap { model in
                let energy = EnergyTotals(of: runs, under: model)
                return [Wording.mean(energy?.joules, 1), Wording.mean(energy?.efficiency, 3)]
            }
            table.add(
                totals.strategy.description, [Wording.mean(totals.goodput, 2)] + cells,
                style: totals.strategy == .mptcp ? .lead : .plain)
        }
        return table
    }

    /// The table of the paper's section 3.3; none of it was measured here.
    static let paper: ResultTable = {
        var table = ResultTable("The paper's table", headers: ["the paper's, not ours", "Mb/s", "Mb/J"])
        table.add("TCP over 3G", ["1.24", "1.16"])
        table.add("TCP over WiFi", ["1.55", "1.44"])
        table.add("MPTCP over both", ["2.79", "1.30"])
        table.add("MPTCP with its scheduler", ["2.37", "1.55"])
        return table
    }()

    /// The pairs of strategies whose order depends on the energy model, so that no model should be believed; nil if
    /// fewer than two models are known.
    static func caution(of result: ComparisonResult) -> String? {
        let models = EnergyTotals.models(of: result).filter(EnergyTotals.decisive.contains)
        guard models.count > 1, StrategyTotals.all(of: result).count > 1 else { return nil }
        let named = models.joined(separator: ", ")
        let flips = EnergyTotals.flips(of: result)
        guard !flips.isEmpty else {
            return "The order of strategies by bytes per joule is the same under each of \(named)."
        }
        let most = 6
        var text = "Which of these two moves more bytes per joule depends on the model, so neither order is supported: "
        text += flips.prefix(most).map { flip in
            "\(flip.first) (ahead under \(flip.ahead.joined(separator: ", "))) and \(flip.second) "
                + "(under \(flip.behind.joined(separator: ", ")))"
        }.joined(separator: "; ")
        return text + (flips.count > most ? "; and \(flips.count - most) pairs more." : ".")
    }
}
