import Runs

/// The result as a terminal shows it.
package enum ComparisonTable {
    /// More rows than these are for the report.
    private static let mostHandoffRows = 24

    package static func text(of result: ComparisonResult) -> String {
        let handoffs = HandoffTables.grouped(of: result)
        let sections = [
            ([HeadlineSentence.text(of: result)] + HeadlineSentence.resolution(of: result)).joined(separator: "\n")
                + "\n",
            StrategyTables.strategies(of: result, whole: false).text,
            StrategyTables.ratios(of: result, whole: false).text,
            CompetitionTables.flows(of: result).text,
            CompetitionTables.sentence(of: result).map { "\($0)\n" } ?? "",
            ExchangeTables.times(of: result).text,
            handoffs.rows.count <= mostHandoffRows ? handoffs.text : "",
            "\(FidelitySummary(result).sentence)\n",
        ]
        return sections.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
