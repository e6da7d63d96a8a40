// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Plans

/// One strategy's requests or frames, over all seeds.
struct ExchangeTotals: Sendable {
    let strategy: StrategyName
    let summary: ExchangeSummary

    static func all(of result: ComparisonResult) -> [ExchangeTotals] {
        let deadline = result.replay.workload.kind.lateAfter
        return StrategyTotals.all(of: result).compactMap { totals in
            if let pooled = result.pooledExchanges {
                return pooled[totals.strategy].map { ExchangeTotals(strategy: totals.strategy, summary: $0) }
            }
            let runs = result.runs.filter { $0.strategy == totals.strategy }
            let summary = ExchangeSummary(runs.map { ($0.exchanges, $0.duration) }, deadline: deadline)
            return summary.count == 0 ? nil : ExchangeTotals(strategy: totals.strategy, summary: summary)
        }
    }

    /// The number of seconds within which this share of them was finished; nil if the runs did not last long enough to
    /// say.
    func quantile(_ share: Double) -> Double? { summary.quantile(share)?.seconds }
}

enum ExchangeTables {
    static func times(of result: ComparisonResult) -> ResultTable {
        let all = ExchangeTotals.all(of: result)
        let hasDeadline = all.contains { $0.summary.deadlineMisses != nil }
        let headers: [String?] = [
            noun(of: result), "all", "median", "90 %", "95 %", "99 %", "slowest", "unfinished",
            hasDeadline ? "too late" : nil,
        ]
        var table = ResultTable("Completion times", headers: headers.compactMap { $0 })
        for totals in all {
            func within(_ share: Double) -> String {
                totals.quantile(share).map { "\($0.text(decimals: 3)) s" } ?? Wording.unknown
            }
            let summary = totals.summary
            let late = summary.deadlineMisses.map { missed in
                "\(missed) (\((Double(missed) / Double(summary.count) * 100).text(decimals: 1)) %)"
            }
            table.add(
                totals.strategy.description,
                [
                    "\(summary.count)", within(0.5), within(0.9), within(0.95), within(0.99),
                    summary.longest.map { "\($0.seconds.text(decimals: 3)) s" } ?? Wording.unknown,
                    "\(summary.unfinished)", hasDeadline ? late ?? "" : nil,
                ], style: totals.strategy == .mptcp ? .lead : .plain)
        }
        return table
    }

    static func noun(of result: ComparisonResult) -> String {
        result.replay.workload.kind.messages
    }
}
