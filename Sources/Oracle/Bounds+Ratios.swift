import Runs
import Statistics
import Traces
import Units

extension Bounds {
    /// What MPTCP delivered over each bound, by name: for every seed that has an MPTCP run, then over all of them as the mean
    /// of the paired per-seed ratios with its 95 % interval. A ratio whose bound was not to be had is nil.
    ///
    /// - Parameter built: what a real connection switched by an oracle delivered, by seed.
    package static func ratios(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle], built: [UInt64: ByteCount] = [:]
    ) -> [ComparisonResult.Ratio] {
        // One direction a comparison; were there two, a ratio would need to say which.
        let direction = oracles.first?.direction ?? .down
        let mptcp = values(
            runs.filter { $0.strategy == .mptcp && $0.direction == direction }.map { ($0.seed, $0.delivered) })
        let oracles = oracles.filter { $0.direction == direction }
        let bounds: [(name: String, bound: (ComparisonResult.Oracle) -> ByteCount?)] = [
            (
                "mptcp/optimal",
                { [$0.splicedOptimal, $0.splicedOptimalReconnect, built[$0.seed]].compactMap { $0 }.max() }
            ),
            ("mptcp/spliced-optimal", { $0.splicedOptimal }),
            ("mptcp/optimal-built", { built[$0.seed] }),
            ("mptcp/capacity-optimal", { $0.capacityOptimalPayload }),
            ("mptcp/best-static", { $0.bestStaticPayload }),
            ("mptcp/capacity-sum", { $0.capacitySumPayload }),
        ]
        return bounds.flatMap { name, bound in
            let denominators = values(oracles.compactMap { oracle in bound(oracle).map { (oracle.seed, $0) } })
            let paired = Sample.pairedRatios(mptcp, to: denominators)
            let bySeed = Dictionary(paired.map { ($0.key, $0.ratio) }) { first, _ in first }
            let sample = Sample(paired.map(\.ratio))
            let interval = sample.meanInterval()
            var ratios = mptcp.keys.sorted().map {
                ComparisonResult.Ratio(name: name, seed: $0, value: bySeed[$0])
            }
            ratios.append(.init(name: name, value: sample.mean, low: interval?.low, high: interval?.high))
            return ratios
        }
    }

    private static func values(_ pairs: [(UInt64, ByteCount)]) -> [UInt64: Double] {
        Dictionary(pairs.map { ($0.0, Double($0.1.bytes)) }) { first, _ in first }
    }
}
