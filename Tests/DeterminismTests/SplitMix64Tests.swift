// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@Suite struct SplitMix64Tests {
    /// The reference implementation's first numbers from state 1234567.
    @Test func `The sequence is the published one`() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func `Streams of different purposes and seeds differ, equal ones do not`() {
        func first(_ seed: UInt64, _ purpose: String) -> UInt64 {
            var generator = SplitMix64(seed: seed, purpose: purpose)
            return generator.next()
        }
        var seen: Set<UInt64> = []
        for seed in UInt64(0)..<50 {
            for purpose in ["start offset", "jitter wifi down", "jitter wifi up"] { seen.insert(first(seed, purpose)) }
        }
        #expect(seen.count == 150)
        #expect(first(7, "a") == first(7, "a"))
    }

    @Test func `Normal draws have mean 0 and variance 1`() {
        var generator = SplitMix64(seed: 1)
        let draws = (0..<100_000).map { _ in generator.nextNormal() }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        // Four standard errors: 1 / sqrt(100000), and about sqrt(2 / 100000).
        #expect(abs(mean) < 0.0127)
        #expect(abs(variance - 1) < 0.018)
    }

    @Test func `A draw below a bound is below it and reaches every value`() {
        var generator = SplitMix64(seed: 3)
        #expect(Set((0..<1000).map { _ in generator.next(below: 5) }) == [0, 1, 2, 3, 4])
        #expect(generator.next(below: 0) == 0)
    }
}
