import Quantities
import Results
import Statistics
import Plans
import Traces

extension Bounds {
    /// What was delivered over what the oracles allow, by name: for every seed that has such a run, then over all of them as
    /// the mean of the paired per-seed ratios with its 95 % interval. First MPTCP over each bound, then every other strategy
    /// over MPTCP's strongest opponent. A ratio whose bound was not to be had is nil.
    ///
    /// Of a workload of a fixed size it is the bound's time over the strategy's: above 1, the strategy did better. Names of the
    /// second direction that was run begin with it.
    package static func ratios(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle]
    ) -> [ComparisonResult.Ratio] {
        let present = Direction.allCases.filter { direction in oracles.contains { $0.direction == direction } }
        let directions = present.isEmpty ? [.down] : present
        return directions.flatMap { direction in
            ofOneDirection(
                runs: runs.filter { $0.direction == direction }, oracles: oracles.filter { $0.direction == direction }
            ).map { ratio in
                var ratio = ratio
                ratio.direction = direction
                ratio.name = ComparisonResult.Ratio.prefix(direction, first: directions[0]) + ratio.name
                return ratio
            }
        }
    }

    /// One bound: its bytes, or where the workload has a size, its time.
    private struct Bound: Sendable {
        let name: String
        let bytes: @Sendable (ComparisonResult.Oracle) -> ByteCount?
        let time: @Sendable (ComparisonResult.Oracle.Completion) -> Duration?

        /// Bytes, or transfers a second.
        func value(_ oracle: ComparisonResult.Oracle) -> Double? {
            guard let completion = oracle.completion else { return bytes(oracle).map { Double($0.bytes) } }
            return time(completion).flatMap { $0 > .zero ? 1 / $0.seconds : nil }
        }
    }

    private static let optimal = Bound(name: "optimal", bytes: { $0.optimal }, time: { $0.optimal })
    private static let spliced = Bound(
        name: "spliced-optimal", bytes: { $0.splicedOptimal }, time: { $0.splicedOptimal })
    private static let bounds = [
        optimal, spliced, Bound(name: "optimal-built", bytes: { $0.optimalBuilt }, time: { $0.optimalBuilt }),
        Bound(name: "capacity-optimal", bytes: { $0.capacityOptimalPayload }, time: { $0.capacityOptimal }),
        Bound(name: "best-static", bytes: { $0.bestStaticPayload }, time: { $0.bestStatic }),
        Bound(name: "capacity-sum", bytes: { $0.capacitySumPayload }, time: { $0.capacitySum }),
    ]

    private static func ofOneDirection(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle]
    ) -> [ComparisonResult.Ratio] {
        var strategies: [StrategyName] = []
        for run in runs where !strategies.contains(run.strategy) { strategies.append(run.strategy) }
        let completions = byKey(oracles.compactMap { oracle in oracle.completion.map { (oracle.seed, $0) } })
        func ratios(_ strategy: StrategyName, to bound: Bound) -> [ComparisonResult.Ratio] {
            let name = "\(strategy)/\(bound.name)"
            let runs = runs.filter { $0.strategy == strategy }
            let reached = byKey(
                runs.compactMap { run -> (UInt64, Double)? in
                    guard let completion = completions[run.seed] else {
                        return (run.seed, Double(run.delivered.bytes))
                    }
                    return run.completion(of: completion.size).map { (run.seed, 1 / $0.seconds) }
                })
            let allowed = byKey(oracles.compactMap { oracle in bound.value(oracle).map { (oracle.seed, $0) } })
            let paired = Sample.pairedRatios(reached, to: allowed)
            let bySeed = byKey(paired.map { ($0.key, $0.ratio) })
            return runs.map(\.seed).sorted().map { .init(name: name, seed: $0, value: bySeed[$0]) }
                + [.init(name: name, meanOf: Sample(paired.map(\.ratio)))]
        }
        var all = bounds.flatMap { ratios(.mptcp, to: $0) }
        if strategies.contains(.optimalBuilt) { all += ratios(.optimalBuilt, to: spliced) }
        // What competes with others has another opponent (`Competitions`).
        for strategy in strategies where strategy != .mptcp && strategy != .mptcpCompeting {
            all += ratios(strategy, to: optimal)
        }
        return all
    }

    private static func byKey<Value>(_ pairs: [(UInt64, Value)]) -> [UInt64: Value] {
        Dictionary(pairs) { first, _ in first }
    }
}
