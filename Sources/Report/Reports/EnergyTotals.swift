// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Results
import Statistics

/// The energy that one strategy's radios took under one model, over its seeds.
struct EnergyTotals: Sendable {
    let joules: Sample
    /// Application megabits per joule.
    let efficiency: Sample

    /// nil if no run is known under this model.
    init?(of runs: [ComparisonResult.Run], under model: String) {
        let known = runs.compactMap { run in run.energy(under: model).map { (run: run, energy: $0) } }
        guard !known.isEmpty else { return nil }
        joules = Sample(known.map(\.energy.total.joules))
        efficiency = Sample(known.compactMap { $0.run.efficiency(under: $0.energy)?.megabitsPerJoule })
    }

    /// Names of all models under which at least one run is known, the default first.
    static func models(of result: ComparisonResult) -> [String] {
        var models: [String] = []
        for energy in result.runs.flatMap(\.energy) where !models.contains(energy.model) {
            models.append(energy.model)
        }
        return models
    }

    /// The model that `energy_j` and the table of strategies use; nil if no run is known under it.
    static func chosenModel(of result: ComparisonResult) -> String? {
        let model = result.environment.settings.energy.model
        return models(of: result).contains(model) ? model : nil
    }

    /// The models that must agree before an order of two strategies counts (the paper's section 3.3 as we model it:
    /// three readings of the same radios). Other published parameter sets describe other radios.
    static let decisive = ["hybrid", "rate-linear", "constant"]

    /// Two strategies of which the first is more efficient under some of the decisive models and less under others.
    struct Flip: Sendable, Equatable {
        let first: String
        let second: String
        /// Models under which the first strategy is ahead; the second is ahead under the others.
        let ahead: [String]
        let behind: [String]
    }

    static func flips(of result: ComparisonResult) -> [Flip] {
        let models = models(of: result).filter(decisive.contains)
        let strategies = StrategyTotals.all(of: result).map(\.strategy)
        let efficiency = strategies.map { strategy in
            let runs = result.runs.filter { $0.strategy == strategy }
            return models.map { EnergyTotals(of: runs, under: $0)?.efficiency.mean }
        }
        var flips: [Flip] = []
        for first in strategies.indices {
            for second in strategies.indices where second > first {
                var (ahead, behind): ([String], [String]) = ([], [])
                for (index, model) in models.enumerated() {
                    guard let one = efficiency[first][index], let other = efficiency[second][index] else { continue }
                    if one > other { ahead.append(model) }
                    if one < other { behind.append(model) }
                }
                if !ahead.isEmpty, !behind.isEmpty {
                    flips.append(
                        Flip(
                            first: "\(strategies[first])", second: "\(strategies[second])", ahead: ahead,
                            behind: behind))
                }
            }
        }
        return flips
    }
}
