// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Statistics

/// Comparisons of one replay that differ in one setting, with a row for each.
package struct SideBySide: Sendable {
    package struct Row: Sendable {
        let name: String
        let mptcp: Sample
        let optimal: ComparisonResult.Ratio?
        /// MPTCP over the Optimal TCP that is spliced from the TCPs it competes with.
        let rivals: ComparisonResult.Ratio?
        /// MPTCP's share of everything that it and its competitors delivered, in per cent.
        let share: Sample
        let jain: Sample

        /// - Parameter name: the setting's value.
        package init(_ name: String, _ result: ComparisonResult) {
            self.name = name
            let totals = StrategyTotals.all(of: result).first { $0.strategy == .mptcp }
            mptcp = totals?.megabytes ?? Sample([])
            optimal = totals?.ratio
            let competitions = result.competitions
            let ratios = Sample(competitions.compactMap(\.ratio))
            rivals = ratios.values.isEmpty ? nil : ComparisonResult.Ratio(name: "", meanOf: ratios)
            share = Sample(
                competitions.filter { $0.total > .zero }.map {
                    Double($0.mptcp.bytes) / Double($0.total.bytes) * 100
                })
            jain = Sample(competitions.compactMap(\.jain))
        }
    }

    private var rows: [Row] = []

    package init() {}

    package mutating func add(_ row: Row) { rows.append(row) }

    /// Columns in which no row has a value are left out; the text is empty if that leaves no column.
    package var text: String {
        let hasOwn = rows.contains { !$0.mptcp.values.isEmpty }
        let hasRivals = rows.contains { $0.rivals != nil }
        guard hasOwn || hasRivals else { return "" }
        let headers: [String?] = [
            "congestion control", hasOwn ? "mptcp MB" : nil, hasOwn ? "to Optimal TCP" : nil, hasOwn ? "95 %" : nil,
            hasRivals ? "competing: to its TCPs" : nil, hasRivals ? "95 %" : nil, hasRivals ? "share of all" : nil,
            hasRivals ? "Jain" : nil,
        ]
        var table = ResultTable("Side by side", headers: headers.compactMap { $0 })
        for row in rows {
            table.add(
                row.name,
                [
                    hasOwn ? Wording.mean(row.mptcp, 1) : nil, hasOwn ? Wording.value(row.optimal) : nil,
                    hasOwn ? Wording.interval(row.optimal) : nil, hasRivals ? Wording.value(row.rivals) : nil,
                    hasRivals ? Wording.interval(row.rivals) : nil, hasRivals ? "\(Wording.mean(row.share, 1)) %" : nil,
                    hasRivals ? Wording.mean(row.jain, 3) : nil,
                ])
        }
        return table.text
    }
}
