// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Reports
import System
import SystemPackage
import Testing

/// Measures how often a check of real runs errs, and what it finds. The runs are drawn from two baselines that
/// `Benchmarks/check-level` makes: one of many seeds in `$WALKBACK_POOL`, and one of the same seeds under a setting
/// that costs about 5 % in `$WALKBACK_POOL_WORSE`.
@Suite(
    .enabled(
        if: getenv("WALKBACK_POOL") != nil && getenv("WALKBACK_POOL_WORSE") != nil,
        "needs two baselines of many seeds: Benchmarks/check-level makes them and prints the command"))
struct RealLevelTests {
    private func baseline(_ variable: String) throws -> Baseline {
        let path = FilePath(String(cString: try #require(getenv(variable))))
        return try Baseline(document: try #require(try Files.read(path)), path: path.string)
    }

    /// The results as they would be if only these seeds had been run.
    private func only(_ seeds: [UInt64], of baseline: Baseline) -> Baseline {
        Baseline(
            walks: baseline.walks.map { walk in
                var walk = walk
                walk.digest = seeds.map { "\($0)" }.joined(separator: " ")
                walk.windows = walk.windows.filter { seeds.contains($0.seed) }
                walk.quantities = walk.quantities.map { quantity in
                    Quantity(
                        kind: quantity.kind, name: quantity.name, strategy: quantity.strategy,
                        direction: quantity.direction, values: quantity.values.filter { seeds.contains($0.seed) })
                }
                return walk
            })
    }

    private func seeds(of baseline: Baseline) -> [UInt64] { Set(baseline.walks[0].windows.map(\.seed)).sorted() }

    private func shuffled(_ seeds: [UInt64], _ random: inout SplitMix64) -> [UInt64] {
        var seeds = seeds
        for last in stride(from: seeds.count - 1, to: 0, by: -1) {
            seeds.swapAt(last, Int(random.next(below: UInt64(last + 1))))
        }
        return seeds
    }

    private func regressions(_ now: Baseline, _ before: Baseline) throws -> [String] {
        try RegressionCheck(now, against: before, gates: [:], baselinePath: "pool").regressions.map(\.quantity.name)
    }

    @Test(arguments: [3, 10, 12, 14]) func `of what differs only in seed calls at most 1 % worse`(pairs: Int) throws {
        let pool = try baseline("WALKBACK_POOL")
        let seeds = seeds(of: pool)
        try #require(seeds.count >= 4 * pairs)
        var random = SplitMix64(seed: 1, purpose: "false alarms \(pairs)")
        var alarms = 0
        for _ in 0..<200 {
            let drawn = shuffled(seeds, &random)
            let (now, before) = (Array(drawn[..<pairs]), Array(drawn[pairs..<2 * pairs]))
            if try !regressions(only(now, of: pool), only(before, of: pool)).isEmpty { alarms += 1 }
        }
        print("false alarms: \(alarms) of 200 checks of \(pairs) pairs, drawn from \(seeds.count) seeds")
        // If 1 % of checks raise an alarm, more than 6 alarms in 200 checks have a probability below 0.5 %.
        #expect(alarms <= 6)
    }

    @Test(arguments: [10, 12, 14]) func `of a setting that costs 5 % finds it`(pairs: Int) throws {
        let (pool, worse) = (try baseline("WALKBACK_POOL"), try baseline("WALKBACK_POOL_WORSE"))
        let seeds = seeds(of: pool).filter(Set(seeds(of: worse)).contains)
        try #require(seeds.count >= pairs)
        var random = SplitMix64(seed: 2, purpose: "detection \(pairs)")
        var found = 0
        for _ in 0..<20 {
            let drawn = Array(shuffled(seeds, &random).prefix(pairs))
            if try regressions(only(drawn, of: worse), only(drawn, of: pool)).contains("mptcp goodput") { found += 1 }
        }
        func mean(_ baseline: Baseline) -> Double {
            let values = baseline.walks[0].quantities.first { $0.name == "mptcp goodput" }?.values.map(\.value) ?? []
            return values.reduce(0, +) / Double(max(1, values.count))
        }
        let change = ((mean(worse) / mean(pool) - 1) * 100).text(decimals: 1)
        print("detection: \(found) of 20 checks of \(pairs) pairs, goodput changed by \(change) %")
        if pairs >= 14 { #expect(found >= 19) }
    }
}
