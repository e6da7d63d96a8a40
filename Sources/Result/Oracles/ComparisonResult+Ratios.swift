// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Statistics
import Traces

extension ComparisonResult {
    /// Delivered bytes divided by the bytes that a bound allows, by name: first for every seed that has such a run,
    /// then over all seeds as the mean of the paired per-seed ratios with its 95 % interval. The ratios of MPTCP to
    /// each bound come first, then those of every other strategy to MPTCP's strongest opponent. A ratio is nil if its
    /// bound is not available.
    ///
    /// For a workload of a fixed size, the ratio is the bound's time divided by the strategy's time: above 1, the
    /// strategy was faster. For the second direction that was run, names begin with that direction.
    package static func ratios(runs: [Run], oracles: [Oracle]) -> [Ratio] {
        let present = Direction.allCases.filter { direction in oracles.contains { $0.direction == direction } }
        let directions = present.isEmpty ? [.down] : present
        return directions.flatMap { direction in
            ratiosOfOneDirection(
                runs: runs.filter { $0.direction == direction }, oracles: oracles.filter { $0.direction == direction }
            ).map { ratio in
                var ratio = ratio
                ratio.direction = direction
                ratio.name = Ratio.prefix(direction, first: directions[0]) + ratio.name
                return ratio
            }
        }
    }

    private static func ratiosOfOneDirection(runs: [Run], oracles: [Oracle]) -> [Ratio] {
        var strategies: [StrategyName] = []
        for run in runs where !strategies.contains(run.strategy) { strategies.append(run.strategy) }
        let sizes = byKey(oracles.compactMap { oracle in oracle.size.map { (oracle.seed, $0) } })
        func ratios(_ strategy: StrategyName, to bound: BoundName) -> [Ratio] {
            let name = "\(strategy)/\(bound)"
            let runs = runs.filter { $0.strategy == strategy }
            let reached = byKey(
                runs.compactMap { run -> (UInt64, Double)? in
                    guard let size = sizes[run.seed] else { return (run.seed, Double(run.delivered.bytes)) }
                    return run.completion(of: size).map { (run.seed, 1 / $0.seconds) }
                })
            let allowed = byKey(oracles.compactMap { oracle in oracle.allowed(by: bound).map { (oracle.seed, $0) } })
            let paired = Sample.pairedRatios(reached, to: allowed)
            let bySeed = byKey(paired.map { ($0.key, $0.ratio) })
            return runs.map(\.seed).sorted().map { .init(name: name, seed: $0, value: bySeed[$0]) }
                + [.init(name: name, meanOf: Sample(paired.map(\.ratio)))]
        }
        var all = ([.optimal] + KnownBounds.compared.map { $0.name }).flatMap { ratios(.mptcp, to: $0) }
        // The cost of building the connection instead of splicing; `BuiltAccount` says where it arises.
        if strategies.contains(.optimalBuilt) { all += ratios(.optimalBuilt, to: SplicedOptimal.name) }
        // A strategy that competes with others has a different opponent (`Competitions`).
        for strategy in strategies where strategy != .mptcp && strategy != .mptcpCompeting {
            all += ratios(strategy, to: .optimal)
        }
        return all
    }

    private static func byKey<Value>(_ pairs: [(UInt64, Value)]) -> [UInt64: Value] {
        Dictionary(pairs) { first, _ in first }
    }
}

extension ComparisonResult.Oracle {
    /// Bytes; for a workload of a fixed size, transfers per second.
    fileprivate func allowed(by bound: BoundName) -> Double? {
        guard size != nil else {
            return (bound == .optimal ? optimal : bounds[bound]?.bytes).map { Double($0.bytes) }
        }
        let time = bound == .optimal ? optimalCompletion : bounds[bound]?.completion
        return time.flatMap { $0 > .zero ? 1 / $0.seconds : nil }
    }
}
