// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Statistics

/// MPTCP against the TCPs that share its links.
enum CompetitionTables {
    /// Means over seeds, with what spliced Optimal TCP would have delivered.
    static func flows(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable(
            "Competition", headers: ["competing", "MB", "95 % over seeds", "share of all", "95 % over seeds"])
        let all = result.competitions
        guard let first = all.first else { return table }
        func add(
            _ name: String, style: ResultTable.Style = .plain, _ bytes: (ComparisonResult.Competition) -> ByteCount?
        ) {
            let known = all.compactMap { one in bytes(one).map { (bytes: $0, of: one.total) } }
            let megabytes = Sample(known.map(\.bytes.megabytes))
            let shares = Sample(
                known.filter { $0.of > .zero }.map { Double($0.bytes.bytes) / Double($0.of.bytes) * 100 })
            table.add(
                name,
                [
                    Wording.mean(megabytes, 1), Wording.interval(megabytes, 1),
                    style == .sub ? "" : "\(Wording.mean(shares, 1)) %",
                    style == .sub ? "" : Wording.interval(shares, 1),
                ], style: style)
        }
        add("mptcp", style: .lead) { $0.mptcp }
        for flow in first.flows {
            add(flow.name) { one in one.flows.first { $0.name == flow.name }?.delivered }
        }
        add("Optimal TCP, spliced from the TCPs", style: .sub) { $0.optimal }
        return table
    }

    /// The answer, next to the paper's; nil if nothing competed.
    static func sentence(of result: ComparisonResult) -> String? {
        let all = result.competitions
        guard !all.isEmpty else { return nil }
        let ratio = ComparisonResult.Ratio(name: "", meanOf: Sample(all.compactMap(\.ratio)))
        let jain = Sample(all.compactMap(\.jain))
        guard let value = ratio.value else {
            return "No TCP that competed with MPTCP delivered anything, so there is no comparison."
        }
        var text =
            "Competing with a TCP on every path, MPTCP moved \(HeadlineSentence.comparison(value)) the Optimal TCP "
        text += "spliced from those"
        if let low = ratio.low, let high = ratio.high {
            text += " (95 % over \(all.count) seeds: \(HeadlineSentence.signedPercent(low)) to "
            text += "\(HeadlineSentence.signedPercent(high)) %)"
        } else {
            text += " (one seed, so no interval)"
        }
        text += "; the paper says about 14 % more, on its own walk. "
        text += "Jain's index of fairness over the \((all.first?.flows.count ?? 0) + 1) flows: \(Wording.mean(jain, 3))"
        if jain.values.count > 1 { text += " (\(Wording.interval(jain, 3)))" }
        return text + "."
    }
}
