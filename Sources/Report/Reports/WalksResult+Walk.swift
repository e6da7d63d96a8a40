// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Statistics

extension WalksResult.Walk {
    /// The part of one walk's result that the result of all walks needs.
    package init(_ result: ComparisonResult, directory: String) {
        let mptcp = StrategyTotals.all(of: result).first { $0.strategy == .mptcp }
        self.init(
            directory: directory, replay: result.replay.name, sha256: result.replay.sha256,
            duration: result.replay.duration, seeds: Set(result.runs.map(\.seed)).count,
            headline: HeadlineSentence.text(of: result), ratios: result.ratios.filter { $0.seed == nil },
            isTrustworthy: FidelitySummary.doubts(about: result).isEmpty, gates: result.gates,
            goodput: mptcp?.goodput.mean.map { .megabitsPerSecond($0) }, longestGap: mptcp?.longestGap)
    }
}
