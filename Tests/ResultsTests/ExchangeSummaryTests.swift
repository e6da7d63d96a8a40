// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Results
import Testing

@Suite struct `A summary of exchanges` {
    /// Exchanges that take so many milliseconds, each begun a second after the one before; nil: not done within the
    /// run.
    private func exchanges(_ times: [Int?]) -> [RunRecord.Exchange] {
        times.enumerated().map { index, time in
            let start = Duration.seconds(index)
            return .init(start: start, end: time.map { start + .milliseconds($0) }, size: ByteCount(1000))
        }
    }

    @Test func `gives the times within which shares of them were done`() {
        let summary = ExchangeSummary(exchanges((1...100).reversed().map { $0 * 10 }), end: .seconds(200))
        #expect(summary.count == 100 && summary.completed == 100 && summary.unfinished == 0)
        for share in [50, 90, 95, 99, 100] {
            #expect(summary.quantile(Double(share) / 100) == .milliseconds(10 * share))
        }
        #expect(summary.longest == .seconds(1))
        #expect(summary.deadlineMisses == nil)
        #expect(summary.distribution.count == 100 && summary.curve == summary.distribution)
        #expect(abs((summary.distribution.last?.share ?? 0) - 1) < 1e-12)
    }

    @Test func `counts what the run's end cut off as lasting longer than it had`() {
        // At the end, 5 s, the third has lasted 3 s and the fifth 1 s.
        let summary = ExchangeSummary(exchanges([500, 2000, nil, 500, nil]), end: .seconds(5))
        #expect(summary.unfinished == 2)
        // 2 of 5 were done within 0.5 s. Of the two that lasted 2 s or more, one was done then.
        #expect(summary.distribution.map(\.time) == [.milliseconds(500), .seconds(2)])
        #expect(zip(summary.distribution, [0.4, 0.7]).allSatisfy { abs($0.share - $1) < 1e-12 })
        #expect(summary.quantile(0.4) == .milliseconds(500))
        #expect(summary.quantile(0.41) == .seconds(2))
        #expect(summary.quantile(0.9) == nil)
        #expect(summary.longest == nil)
        // The last one was cut off after half a second and might have been done with any other.
        let brief = ExchangeSummary(exchanges([750, 2000, nil]), end: .milliseconds(2500))
        #expect(zip(brief.distribution, [0.5, 1]).allSatisfy { abs($0.share - $1) < 1e-12 })
        #expect(brief.longest == .seconds(2))
    }

    @Test func `misses a deadline where it passed within the run and nothing was there`() {
        let times = [400, 401, nil, 100, nil]
        let summary = ExchangeSummary(exchanges(times), end: .milliseconds(4300), deadline: .milliseconds(400))
        // The deadline of the third exchange, 2.4 s, passes within the run; that of the fifth, 4.4 s, does not.
        #expect(summary.deadlineMisses == 2)
    }

    @Test(arguments: [101, 102, 5000]) func `draws at most 101 steps, to the last one`(count: Int) {
        let summary = ExchangeSummary(exchanges(Array(1...count)), end: .seconds(10_000))
        #expect(summary.curve.count <= 101)
        #expect(summary.curve.last == summary.distribution.last)
        #expect(zip(summary.curve, summary.curve.dropFirst()).allSatisfy { $0.time < $1.time && $0.share < $1.share })
    }

    @Test func `of nothing knows nothing`() {
        let summary = ExchangeSummary([], end: .seconds(1), deadline: .seconds(1))
        #expect(summary.count == 0 && summary.deadlineMisses == 0 && summary.longest == nil)
        #expect(summary.quantile(0.5) == nil && summary.curve.isEmpty)
        #expect(ExchangeSummary(exchanges([nil]), end: .seconds(1)).quantile(0) == nil)
    }
}

@Suite struct `Response sizes` {
    private func sizes(sigma: Double, seed: UInt64, count: Int = 4001) -> [Int64] {
        var requests = Workload.Requests()
        requests.medianSize = ByteCount(300_000)
        requests.sigma = sigma
        var sizes = ResponseSizes(requests, seed: seed)
        return (0..<count).map { _ in sizes.next().bytes }
    }

    @Test func `are the median alone where nothing spreads them`() {
        #expect(Set(sizes(sigma: 0, seed: 1)) == [300_000])
    }

    @Test func `lie around the median as their logarithm's spread says`() {
        let sorted = sizes(sigma: 1, seed: 1).sorted()
        // Four standard errors of 4001 draws: exp(4 x 1.25 / 63) for the median, and exp(4 x 1.5 / 63) for the
        // quantiles at one sigma.
        #expect(abs(Double(sorted[2000]) / 300_000 - 1) < 0.083)
        #expect(abs(Double(sorted[Int(0.841_345 * 4000)]) / 815_485 - 1) < 0.1)
        #expect(abs(Double(sorted[Int(0.158_655 * 4000)]) / 110_364 - 1) < 0.1)
    }

    @Test func `are the seed's, the same on every machine`() {
        #expect(sizes(sigma: 1, seed: 1, count: 4) == [748_925, 104_254, 296_027, 2_113_949])
        #expect(sizes(sigma: 1, seed: 1, count: 4) != sizes(sigma: 1, seed: 2, count: 4))
    }

    @Test func `are never nothing`() {
        var requests = Workload.Requests()
        requests.medianSize = ByteCount(1)
        requests.sigma = 3
        var sizes = ResponseSizes(requests, seed: 1)
        #expect((0..<1000).allSatisfy { _ in sizes.next() >= ByteCount(1) })
    }
}
