import Runs
import Statistics
import Traces
import Units

extension Bounds {
    /// MPTCP against each bound, by name: for every seed that has an MPTCP run, then over all of them as the mean of the paired
    /// per-seed ratios with its 95 % interval. A ratio whose bound was not to be had is nil.
    ///
    /// What is compared is what was delivered, MPTCP's over the bound's; or, of a workload of a fixed size, when that had been,
    /// the bound's time over MPTCP's: above 1, MPTCP did better. Names of the second direction that was run begin with it.
    ///
    /// - Parameter built: what a real connection switched by an oracle delivered, by seed.
    package static func ratios(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle], built: [UInt64: ByteCount] = [:]
    ) -> [ComparisonResult.Ratio] {
        let present = Direction.allCases.filter { direction in oracles.contains { $0.direction == direction } }
        let directions = present.isEmpty ? [.down] : present
        return directions.flatMap { direction in
            ofOneDirection(
                runs: runs.filter { $0.direction == direction },
                oracles: oracles.filter { $0.direction == direction }, built: built
            ).map { ratio in
                var ratio = ratio
                ratio.direction = direction
                if direction != directions[0] { ratio.name = "\(direction.rawValue):\(ratio.name)" }
                return ratio
            }
        }
    }

    /// One bound: its bytes, or where the workload has a size, its time.
    private struct Bound {
        let name: String
        let bytes: (ComparisonResult.Oracle) -> ByteCount?
        let time: (ComparisonResult.Oracle.Completion) -> Duration?

        /// Bytes, or transfers a second.
        func value(_ oracle: ComparisonResult.Oracle) -> Double? {
            guard let completion = oracle.completion else { return bytes(oracle).map { Double($0.bytes) } }
            return time(completion).flatMap { $0 > .zero ? 1 / $0.seconds : nil }
        }
    }

    private static func bounds(_ built: [UInt64: ByteCount]) -> [Bound] {
        [
            Bound(
                name: "mptcp/optimal",
                bytes: { [$0.splicedOptimal, $0.splicedOptimalReconnect, built[$0.seed]].compactMap { $0 }.max() },
                time: { $0.optimal }),
            Bound(name: "mptcp/spliced-optimal", bytes: { $0.splicedOptimal }, time: { $0.splicedOptimal }),
            Bound(name: "mptcp/optimal-built", bytes: { built[$0.seed] }, time: { $0.optimalBuilt }),
            Bound(
                name: "mptcp/capacity-optimal", bytes: { $0.capacityOptimalPayload }, time: { $0.capacityOptimal }),
            Bound(name: "mptcp/best-static", bytes: { $0.bestStaticPayload }, time: { $0.bestStatic }),
            Bound(name: "mptcp/capacity-sum", bytes: { $0.capacitySumPayload }, time: { $0.capacitySum }),
        ]
    }

    /// Of one direction.
    private static func ofOneDirection(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle], built: [UInt64: ByteCount]
    ) -> [ComparisonResult.Ratio] {
        let runs = runs.filter { $0.strategy == .mptcp }
        let completions = byKey(oracles.compactMap { oracle in oracle.completion.map { (oracle.seed, $0) } })
        let mptcp = byKey(
            runs.compactMap { run -> (UInt64, Double)? in
                guard let completion = completions[run.seed] else {
                    return (run.seed, Double(run.delivered.bytes))
                }
                return run.completion(of: completion.size).map { (run.seed, 1 / $0.seconds) }
            })
        return bounds(built).flatMap { bound in
            let values = byKey(oracles.compactMap { oracle in bound.value(oracle).map { (oracle.seed, $0) } })
            let paired = Sample.pairedRatios(mptcp, to: values)
            let bySeed = byKey(paired.map { ($0.key, $0.ratio) })
            let sample = Sample(paired.map(\.ratio))
            let interval = sample.meanInterval()
            var ratios = runs.map(\.seed).sorted().map {
                ComparisonResult.Ratio(name: bound.name, seed: $0, value: bySeed[$0])
            }
            ratios.append(.init(name: bound.name, value: sample.mean, low: interval?.low, high: interval?.high))
            return ratios
        }
    }

    private static func byKey<Value>(_ pairs: [(UInt64, Value)]) -> [UInt64: Value] {
        Dictionary(pairs) { first, _ in first }
    }
}
