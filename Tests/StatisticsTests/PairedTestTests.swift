// SPDX-License-Identifier: Apache-2.0
import Determinism
import Statistics
import Testing

@Suite struct `Paired differences` {
    @Test func `are tested by every way to give them signs`() throws {
        // Two of the 2^3 choices of signs have a sum of -4 or less: -3 - 2 - 1, and -3 - 2 + 1.
        let test = try #require(PairedTest([-3, -2, 1], level: 0.5))
        #expect(test.method == .signFlip)
        #expect(test.probability == 2.0 / 8)
        #expect(try #require(PairedTest([-3, -2, -1], level: 0.5)).probability == 1.0 / 8)
        #expect(try #require(PairedTest([3, 2, 1], level: 0.5)).probability == 1)
        // Zeros carry no information: both of their signs count.
        #expect(try #require(PairedTest([0, 0, 0], level: 0.5)).probability == 1)
        #expect(try #require(PairedTest([-1, 0, 0], level: 0.5)).probability == 0.5)
    }

    @Test func `agree with all sums done one by one`() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<40 {
            let values = (0..<8).map { _ in (random.nextUnit() - 0.6).rounded(toSignificantDigits: 3) }
            let observed = values.reduce(0, +)
            let asLow = (0..<256).count { signs in
                values.enumerated().reduce(0.0) { $0 + abs($1.element) * (signs >> $1.offset & 1 == 1 ? -1 : 1) }
                    <= observed + 1e-9
            }
            #expect(try #require(PairedTest(values, level: 0.05)).probability == Double(asLow) / 256)
        }
    }

    @Test func `are tested by t where the exact test cannot reach the level`() throws {
        let test = try #require(PairedTest([-3, -2, -1], level: 0.01))
        #expect(test.method == .t)
        // t = 2 / (1 / sqrt 3) = 3.4641, 2 degrees of freedom: (1 - t / sqrt(2 + t^2)) / 2
        #expect(abs(test.probability - 0.037089) < 1e-5)
        #expect(try #require(PairedTest([3, 2, 1], level: 0.01)).probability == 1)
        #expect(PairedTest([-1], level: 0.01) == nil)
        // There is no spread to judge by, so the probability is that of the exact test.
        #expect(try #require(PairedTest([-1, -1, -1], level: 0.01)).probability == 1.0 / 8)
    }

    @Test func `beyond twenty are tested by t`() throws {
        let many = [Double](repeating: -1, count: 20) + [1]
        #expect(try #require(PairedTest(many, level: 0.01)).method == .t)
        #expect(try #require(PairedTest(Array(many.dropLast()), level: 0.01)).method == .signFlip)
    }

    @Test(arguments: [(1, 0.5, 1), (6, 0.01 / 6, 10), (7, 0.01, 7), (12, 0.01 / 12, 11)])
    func `need so many pairs`(_: Int, level: Double, pairs: Int) {
        #expect(PairedTest.pairsNeeded(level: level) == pairs)
        #expect(PairedTest.smallestProbability(pairs: pairs) <= level)
        #expect(PairedTest.smallestProbability(pairs: pairs - 1) > level)
    }

    @Test func `of several quantities are corrected after Holm`() {
        #expect(Holm.adjusted([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02])
        #expect(Holm.adjusted([0.5, 0.9]) == [1, 1])
        #expect(Holm.adjusted([]) == [])
    }
}

/// How often a whole check of made-up data calls something worse, with the numbers of seeds that are used.
@Suite struct `The level of a check` {
    /// Distributions of what a seed gives: bell-shaped, with rare outliers, and with two values only.
    enum Shape: String, CaseIterable {
        case bell, outliers, twoValued
    }

    private static func draw(_ shape: Shape, _ random: inout SplitMix64) -> Double {
        // The sum of twelve uniform numbers is near enough to a normal one.
        let bell = (0..<12).reduce(-6) { sum, _ in sum + random.nextUnit() }
        switch shape {
        case .bell: return 1 + 0.03 * bell
        case .outliers: return 1 + 0.03 * (random.nextUnit() < 0.1 ? 6 * bell : bell)
        case .twoValued: return random.nextUnit() < 0.5 ? 1 : 0.9
        }
    }

    /// The number of `trials` checks, each of `quantities` quantities in `pairs` pairs, that call any of them worse.
    private static func alarms(
        _ shape: Shape, pairs: Int, quantities: Int, change: Double, trials: Int, seed: UInt64
    ) -> Int {
        var random = SplitMix64(seed: seed, purpose: "\(shape) \(pairs)")
        return (0..<trials).count { _ in
            let all = (0..<quantities).map { _ in
                (0..<pairs).map { _ in Self.draw(shape, &random) * (1 + change) - Self.draw(shape, &random) }
            }
            let tests = all.compactMap { PairedTest($0, level: 0.01 / Double(quantities)) }
            let adjusted = Holm.adjusted(tests.map(\.probability))
            return zip(tests, adjusted).contains { $0.mean <= -0.02 && $1 <= 0.01 }
        }
    }

    @Test(arguments: [3, 5, 10, 12], Shape.allCases)
    func `is held`(pairs: Int, shape: Shape) {
        // The exact test adds up 2^pairs sums for each quantity.
        let trials = pairs < 8 ? 2000 : 500
        let alarms = Self.alarms(shape, pairs: pairs, quantities: 4, change: 0, trials: trials, seed: 1)
        // Three binomial standard deviations above 1 %.
        let most = 0.01 * Double(trials) + 3 * (0.0099 * Double(trials)).squareRoot()
        #expect(Double(alarms) <= most, "seed 1: \(alarms) of \(trials)")
    }

    @Test func `leaves a loss of 5 % to be seen`() {
        let found = Self.alarms(.bell, pairs: 12, quantities: 4, change: -0.05, trials: 200, seed: 2)
        #expect(found >= 190, "seed 2: \(found) of 200")
        let few = Self.alarms(.bell, pairs: 3, quantities: 4, change: -0.05, trials: 200, seed: 2)
        #expect(few < 100, "three pairs cannot see it, and found it in \(few) of 200")
    }
}
