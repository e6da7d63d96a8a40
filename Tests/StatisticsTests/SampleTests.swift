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

    @Test("Nothing has no mean, one value no spread and no interval")
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
}
