// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Statistics
import Plans

/// What one strategy delivered, over its seeds.
struct StrategyTotals: Sendable {
    let strategy: StrategyName
    /// MB, one value for each seed, in order of seed.
    let megabytes: Sample
    /// Mb/s, likewise.
    let goodput: Sample
    /// Seconds until all of a workload of a fixed size was transferred, one value for each seed that finished it.
    let times: Sample
    /// The longest gap of all seeds.
    let longestGap: Duration
    /// The mean over seeds of each run's longest gap.
    let meanLongestGap: Duration?
    /// The ratio to the strongest Optimal TCP; nil if none is known.
    let ratio: ComparisonResult.Ratio?
    /// Energy under the chosen model; nil if no model knows its radios.
    let energy: EnergyTotals?

    var seeds: Int { megabytes.values.count }

    /// Totals of the first direction that was measured, in the order in which the strategies were first run.
    static func all(of result: ComparisonResult) -> [StrategyTotals] {
        let result = result.byDirection[0]
        var strategies: [StrategyName] = []
        for run in result.runs where !strategies.contains(run.strategy) { strategies.append(run.strategy) }
        let model = EnergyTotals.chosenModel(of: result)
        return strategies.map { strategy in
            let runs = result.runs.filter { $0.strategy == strategy }.sorted { $0.seed < $1.seed }
            let ratio = HeadlineSentence.ratio("\(strategy)/optimal", of: result)
            return StrategyTotals(
                strategy: strategy, megabytes: Sample(runs.map(\.delivered.megabytes)),
                goodput: Sample(runs.map(\.goodput.megabitsPerSecond)),
                times: Sample(
                    result.replay.workload.size.map { size in
                        runs.compactMap { $0.completion(of: size)?.seconds }
                    } ?? []),
                longestGap: runs.map(\.longestGap).max() ?? .zero, meanLongestGap: runs.map(\.longestGap).mean,
                ratio: ratio?.value == nil ? nil : ratio,
                energy: model.flatMap { EnergyTotals(of: runs, under: $0) })
        }
    }
}
