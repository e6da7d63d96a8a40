import Runs
import Statistics
import Traces
import Units

/// One strategy's requests or frames, of all seeds together.
struct ExchangeTotals: Sendable {
    let strategy: Strategy
    let count: Int
    /// Seconds from the start of each that was finished within its run, in rising order.
    let times: [Double]
    /// Of a stream: later than its deadline, or never within the run.
    let missed: Int?

    static func all(of result: ComparisonResult) -> [ExchangeTotals] {
        let workload = result.replay.workload
        let deadline = workload.kind == .stream ? workload.stream.deadline : nil
        return StrategyTotals.all(of: result).compactMap { totals in
            let exchanges = result.runs.filter { $0.strategy == totals.strategy }.flatMap(\.exchanges)
            guard !exchanges.isEmpty else { return nil }
            let times = exchanges.compactMap { exchange in exchange.end.map { $0 - exchange.start } }.sorted()
            return ExchangeTotals(
                strategy: totals.strategy, count: exchanges.count, times: times.map(\.seconds),
                missed: deadline.map { deadline in exchanges.count - times.count { $0 <= deadline } })
        }
    }

    /// Within how many seconds this share of them was finished, those that never were counted; nil: so many never were.
    func quantile(_ share: Double) -> Double? {
        let place = Double(count - 1) * share
        guard count > 0, place <= Double(times.count - 1) else { return nil }
        let below = Int(place)
        guard below + 1 < times.count else { return times[below] }
        return times[below] + (times[below + 1] - times[below]) * (place - Double(below))
    }
}

enum ExchangeTables {
    static func times(of result: ComparisonResult) -> ResultTable {
        let all = ExchangeTotals.all(of: result)
        let hasDeadline = all.contains { $0.missed != nil }
        let headers: [String?] = [
            noun(of: result), "all", "median", "90 %", "95 %", "99 %", "slowest", "unfinished",
            hasDeadline ? "too late" : nil,
        ]
        var table = ResultTable("Completion times", headers: headers.compactMap { $0 })
        for totals in all {
            func within(_ share: Double) -> String {
                totals.quantile(share).map { "\($0.text(decimals: 3)) s" } ?? "never"
            }
            let late = totals.missed.map { missed in
                "\(missed) (\((Double(missed) / Double(totals.count) * 100).text(decimals: 1)) %)"
            }
            table.add(
                totals.strategy.description,
                [
                    "\(totals.count)", within(0.5), within(0.9), within(0.95), within(0.99),
                    totals.times.last.map { "\($0.text(decimals: 3)) s" } ?? Wording.unknown,
                    "\(totals.count - totals.times.count)", hasDeadline ? late ?? "" : nil,
                ], style: totals.strategy == .mptcp ? .lead : .plain)
        }
        return table
    }

    static func noun(of result: ComparisonResult) -> String {
        result.replay.workload.kind == .stream ? "frames" : "requests"
    }
}
