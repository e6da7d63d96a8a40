// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Results
import Statistics

/// The answer in one sentence. It comes first in the table, the report and the summary, and is written here alone.
package enum HeadlineSentence {
    /// Ends with a full stop. Reports losses as plainly as gains, and says if there is nothing to compare.
    package static func text(of result: ComparisonResult) -> String {
        guard result.runs.contains(where: { $0.strategy == .mptcp }) else {
            if let competing = CompetitionTables.sentence(of: result) { return competing }
            return "MPTCP was not among the strategies that were run, so there is no comparison."
        }
        let workload = result.replay.workload
        guard workload.isBulk else {
            return
                "Optimal TCP is not defined for a workload of kind \(workload.kind.name); compare the times of its "
                + "exchanges."
        }
        guard let optimal = ratio("mptcp/optimal", of: result), let value = optimal.value else {
            let megabytes = StrategyTotals.all(of: result).first { $0.strategy == .mptcp }?.megabytes.mean
            let moved = megabytes.map { " moved \($0.text(decimals: 1)) MB;" } ?? " ran;"
            let missing =
                workload.size == nil
                ? "is not known without a TCP run over every path"
                : "is not known, because not all of it arrived within the walk"
            return "MPTCP\(moved) what Optimal TCP would have moved \(missing)."
        }
        guard workload.size == nil else {
            return "MPTCP was \(pace(value)) Optimal TCP (\(evidence(optimal, of: result)))."
        }
        let which = workload.directions.count > 1 ? "Downlink: " : ""
        var text = "\(which)MPTCP moved \(comparison(value)) Optimal TCP (\(evidence(optimal, of: result)))"
        if let capacity = ratio("mptcp/capacity-sum", of: result)?.value {
            text += ", and \(comparison(capacity)) \(links(of: result)) could have carried"
        }
        return text + "."
    }

    /// The sentences right below the answer: how small a difference would have been seen. Empty for one seed, which
    /// shows no spread.
    package static func resolution(of result: ComparisonResult) -> [String] {
        guard let smallest = ratio("mptcp/optimal", of: result)?.smallestDifference else { return [] }
        let seeds = seeds("mptcp/optimal", of: result)
        return [
            "The smallest difference that these \(seeds) seeds can detect is "
                + "\((smallest * 100).text(decimals: 1)) % "
                + "(two-sided 5 % level, 80 % power)."
        ]
    }

    /// The mean over all seeds.
    static func ratio(_ name: String, of result: ComparisonResult) -> ComparisonResult.Ratio? {
        result.ratios.first { $0.name == name && $0.seed == nil }
    }

    /// "9.1 % more than".
    static func comparison(_ ratio: Double) -> String {
        let percent = ((ratio - 1) * 100).text(decimals: 1)
        if percent == "0.0" { return "as much as" }
        return percent.hasPrefix("-") ? "\(percent.dropFirst()) % less than" : "\(percent) % more than"
    }

    /// Like `comparison`, for the ratio of the times in which equal bytes were moved.
    static func pace(_ ratio: Double) -> String {
        let comparison = comparison(ratio)
        guard comparison != "as much as" else { return "as fast as" }
        return comparison.hasSuffix("more than")
            ? "\(comparison.dropLast("more than".count))faster than"
            : "\(comparison.dropLast("less than".count))slower than"
    }

    /// "+7.0", "-3.2", "0.0": a ratio as the per cent by which it is above or below one.
    static func signedPercent(_ ratio: Double) -> String {
        let percent = ((ratio - 1) * 100).text(decimals: 1)
        return percent.hasPrefix("-") ? "\u{2212}\(percent.dropFirst())" : percent == "0.0" ? percent : "+\(percent)"
    }

    /// How many seeds have a value of `name`.
    static func seeds(_ name: String, of result: ComparisonResult) -> Int {
        result.ratios.count { $0.name == name && $0.seed != nil && $0.value != nil }
    }

    private static func evidence(_ ratio: ComparisonResult.Ratio, of result: ComparisonResult) -> String {
        let seeds = seeds(ratio.name, of: result)
        guard let low = ratio.low, let high = ratio.high else {
            return seeds == 1 ? "one seed, so no interval" : "\(seeds) seeds, no interval"
        }
        let interval = "95 % over \(seeds) seeds: \(signedPercent(low)) to \(signedPercent(high)) %"
        let undecided = low <= 1 && high >= 1
        return undecided
            ? "\(interval), so it is open which \(result.replay.workload.size == nil ? "moved more" : "was faster")"
            : interval
    }

    private static func links(of result: ComparisonResult) -> String {
        switch result.replay.traces.count {
        case 1: "its one link"
        case 2: "both links together"
        default: "all \(result.replay.traces.count) links together"
        }
    }
}
