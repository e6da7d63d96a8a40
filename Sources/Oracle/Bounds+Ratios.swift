import Runs
import Statistics
import Traces
import Units

extension Bounds {
    /// What was delivered over what the oracles allow, by name: for every seed that has such a run, then over all of them as
    /// the mean of the paired per-seed ratios with its 95 % interval. First MPTCP over each bound, then every other strategy
    /// over MPTCP's strongest opponent. A ratio whose bound was not to be had is nil.
    package static func ratios(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle]
    ) -> [ComparisonResult.Ratio] {
        // One direction a comparison; were there two, a ratio would need to say which.
        let direction = oracles.first?.direction ?? .down
        let oracles = oracles.filter { $0.direction == direction }
        var strategies: [Strategy] = []
        for run in runs where !strategies.contains(run.strategy) { strategies.append(run.strategy) }
        func ratios(
            _ strategy: Strategy, to bound: String, _ bytes: (ComparisonResult.Oracle) -> ByteCount?
        ) -> [ComparisonResult.Ratio] {
            let name = "\(strategy)/\(bound)"
            let delivered = values(
                runs.filter { $0.strategy == strategy && $0.direction == direction }.map { ($0.seed, $0.delivered) })
            let allowed = values(oracles.compactMap { oracle in bytes(oracle).map { (oracle.seed, $0) } })
            let paired = Sample.pairedRatios(delivered, to: allowed)
            let bySeed = Dictionary(paired.map { ($0.key, $0.ratio) }) { first, _ in first }
            return delivered.keys.sorted().map { .init(name: name, seed: $0, value: bySeed[$0]) }
                + [.init(name: name, meanOf: Sample(paired.map(\.ratio)))]
        }
        var all =
            ratios(.mptcp, to: "optimal") { $0.optimal }
            + ratios(.mptcp, to: "spliced-optimal") { $0.splicedOptimal }
            + ratios(.mptcp, to: "optimal-built") { $0.optimalBuilt }
            + ratios(.mptcp, to: "capacity-optimal") { $0.capacityOptimalPayload }
            + ratios(.mptcp, to: "best-static") { $0.bestStaticPayload }
            + ratios(.mptcp, to: "capacity-sum") { $0.capacitySumPayload }
        if strategies.contains(.optimalBuilt) {
            all += ratios(.optimalBuilt, to: "spliced-optimal") { $0.splicedOptimal }
        }
        // What competes with others has another opponent (`Competitions`).
        for strategy in strategies where strategy != .mptcp && strategy != .mptcpCompeting {
            all += ratios(strategy, to: "optimal") { $0.optimal }
        }
        return all
    }

    private static func values(_ pairs: [(UInt64, ByteCount)]) -> [UInt64: Double] {
        Dictionary(pairs.map { ($0.0, Double($0.1.bytes)) }) { first, _ in first }
    }
}
