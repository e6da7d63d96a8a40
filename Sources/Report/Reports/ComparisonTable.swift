// SPDX-License-Identifier: Apache-2.0
import Determinism
import Results
import Traces

/// The result as it is printed on a terminal.
package enum ComparisonTable {
    /// Longer tables are shown in the report only.
    private static let mostHandoffRows = 12

    package static func text(of result: ComparisonResult) -> String {
        let parts = result.byDirection
        let ofParts = parts.flatMap { part in
            let heading = part.runs.first.map { "\($0.direction.rawValue)link:\n" } ?? ""
            return (parts.count > 1 ? [heading] : []) + tables(of: part)
        }
        let head =
            ([HeadlineSentence.text(of: result)] + HeadlineSentence.resolution(of: result))
            .joined(separator: "\n") + "\n"
        let gates = GateTables.sentence(of: result).map { "\($0)\n" } ?? ""
        return ([head] + ofParts + [gates, "\(FidelitySummary(result).sentence)\n"]).filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    /// The tables of one direction.
    private static func tables(of result: ComparisonResult) -> [String] {
        let handoffs = HandoffTables.grouped(of: result)
        return [
            StrategyTables.strategies(of: result, whole: false).text,
            StrategyTables.ratios(of: result, whole: false).text,
            CompetitionTables.flows(of: result).text,
            CompetitionTables.sentence(of: result).map { "\($0)\n" } ?? "",
            ExchangeTables.times(of: result).text,
            handoffs.rows.count <= mostHandoffRows ? handoffs.text : "",
        ]
    }
}
