// SPDX-License-Identifier: Apache-2.0
import Determinism
import Statistics
import Testing

@Suite("Samples")
struct SampleTests {
    @Test("The mean and the spread of a textbook sample")
    func meanAndSpread() throws {
        let sample = Sample([2, 4, 4, 4, 5, 5, 7, 9])
        #expect(sample.mean == 5)
        // Sum of squares 32, seven degrees of freedom.
        #expect(abs(try #require(sample.standardDeviation) - (32.0 / 7).squareRoot()) < 1e-14)
    }

    @Test("An empty sample has no mean, and one value has no spread and no interval")
    func tooFew() {
        #expect(Sample([]).mean == nil)
        #expect(Sample([]).quantile(0.5) == nil)
        #expect(Sample([3]).mean == 3)
        #expect(Sample([3]).standardDeviation == nil)
        #expect(Sample([3]).meanInterval() == nil)
        #expect(Sample([3]).quantile(0.95) == 3)
    }

    @Test(
        "A quantile lies linearly between its neighbours",
        arguments: [
            (0, 10), (1, 40), (0.5, 25), (0.25, 17.5), (0.95, 38.5), (1.0 / 3, 20),
        ] as [(Double, Double)])
    func quantile(probability: Double, expected: Double) throws {
        let value = try #require(Sample([40, 10, 30, 20]).quantile(probability))
        #expect(abs(value - expected) < 1e-12)
    }

    @Test("Quantiles beyond 0 and 1 do not exist", arguments: [-0.1, 1.1, .nan])
    func noQuantile(probability: Double) {
        #expect(Sample([1, 2]).quantile(probability) == nil)
    }

    @Test("The 95 % interval of the mean is t times the standard error about it")
    func interval() throws {
        // Mean 10, standard deviation 1 (squares 1 + 0 + 1 over 2), t for 2 degrees of freedom 4.302653.
        let interval = try #require(Sample([9, 10, 11]).meanInterval())
        let reach = 4.302652729911275 / 3.0.squareRoot()
        #expect(abs(interval.low - (10 - reach)) < 1e-9)
        #expect(abs(interval.high - (10 + reach)) < 1e-9)
        #expect(interval.contains(10) && !interval.contains(13))
    }

    @Test("Ratios are paired by key, in order of the keys, and what has no partner is left out")
    func ratios() {
        let ratios = Sample.pairedRatios([3: 30, 1: 10, 2: 20, 9: 1], to: [1: 5, 2: 0, 3: 10, 4: 7])
        #expect(ratios.map(\.key) == [1, 3])
        #expect(ratios.map(\.ratio) == [2, 3])
    }

    @Test(
        "The smallest difference is both t's times the standard error, worked out by hand",
        arguments: [
            // Standard deviation 1, n = 3: t(0.975, 2) = 4.302653, t(0.8, 2) = 1.060660, over sqrt 3.
            ([9, 10, 11], (4.302653 + 1.060660) / 1.7320508),
            // Standard deviation 2, n = 2: t(0.975, 1) = 12.706205, t(0.8, 1) = 1.376382, over sqrt 2.
            ([1, 1 + 8.0.squareRoot()], (12.706205 + 1.376382) * 2 / 1.4142136),
            // Squares 10 x 0.09, standard deviation sqrt 0.1, n = 10: t(0.975, 9) = 2.262157, t(0.8, 9) = 0.883404.
            ([0.7, 1.3, 0.7, 1.3, 0.7, 1.3, 0.7, 1.3, 0.7, 1.3], (2.262157 + 0.883404) * 0.1),
        ] as [([Double], Double)])
    func smallestDifference(values: [Double], expected: Double) throws {
        #expect(abs(try #require(Sample(values).smallestDifference()) - expected) < 1e-5)
    }

    @Test("One value has no smallest difference, and equal values have one of zero")
    func noSmallestDifference() {
        #expect(Sample([3]).smallestDifference() == nil)
        #expect(Sample([]).smallestDifference() == nil)
        #expect(Sample([3, 3, 3]).smallestDifference() == 0)
        #expect(Sample([1, 2]).smallestDifference(power: 0.5) == nil)
    }

    /// Expects `hits` of 5 000 samples within three standard deviations of a binomial distribution with a probability
    /// of `share`.
    private func expect(_ hits: Int, near share: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        let reach = 3 * (share * (1 - share) / 5_000).squareRoot()
        #expect(abs(Double(hits) / 5_000 - share) <= reach, sourceLocation: sourceLocation)
    }

    @Test("The 95 % interval holds the true mean in 95 % of 5 000 samples", arguments: [3, 5, 10, 20])
    func coverage(size: Int) {
        var random = SplitMix64(seed: UInt64(size), purpose: "coverage")
        let hits = (0..<5_000).count { _ in
            Sample((0..<size).map { _ in 1.1 + 0.03 * random.nextNormal() }).meanInterval()?.contains(1.1) == true
        }
        expect(hits, near: 0.95)
    }

    /// Uses the true standard deviation, of which the measured one is an estimate. Below ten values the formula gives a
    /// little less than the exact power, so the test begins at ten.
    @Test("A mean that is off by the smallest difference is found in 80 % of 5 000 samples", arguments: [10, 20])
    func power(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size), purpose: "power")
        let t = try #require(StudentT(degreesOfFreedom: size - 1))
        let factor = try #require(t.critical(confidence: 0.95)) + (try #require(t.critical(confidence: 0.6)))
        let away = 1 + 0.03 * factor / Double(size).squareRoot()
        let hits = (0..<5_000).count { _ in
            Sample((0..<size).map { _ in away + 0.03 * random.nextNormal() }).meanInterval()?.contains(1) == false
        }
        expect(hits, near: 0.8)
    }

    @Test(
        "Jain's index of fairness",
        arguments: [([5, 5, 5], 1), ([7, 0], 0.5), ([1, 2, 3], 36.0 / 42), ([4], 1)] as [([Double], Double)])
    func fairness(values: [Double], expected: Double) throws {
        #expect(abs(try #require(Sample(values).fairness) - expected) < 1e-12)
    }

    @Test("Nothing shared is neither fair nor unfair", arguments: [[], [0, 0]] as [[Double]])
    func noFairness(values: [Double]) {
        #expect(Sample(values).fairness == nil)
    }
}
