// SPDX-License-Identifier: Apache-2.0
import Bounds
import Quantities
import Testing
import Traces

@Suite struct `Oracles of a fixed size` {
    private func expect(_ time: Duration?, _ seconds: Double?) {
        #expect((time == nil) == (seconds == nil))
        if let time, let seconds { #expect(abs(time.seconds - seconds) < 1e-8) }
    }

    /// The links of `CapacityBoundsTests`: one carries 1 MB/s, and 3 MB/s from 10 s on; the other carries 2 MB/s, and
    /// nothing from 20 s on.
    @Test(
        arguments: [
            (5, 5.0 / 3, 2.5, 2.5), (35, 11, 15, 17.5), (100, 20 + 20.0 / 3, 10 + 80.0 / 3, 40), (110, 30, 40, nil),
            (150, nil, nil, nil),
        ] as [(Int64, Double?, Double?, Double?)])
    func `are done when known links have carried it`(megabytes: Int64, sum: Double?, optimal: Double?, best: Double?) {
        let completion = CapacityCompletion(
            of: ByteCount(megabytes * 1_000_000), curves: [CapacityBoundsTests.rising, CapacityBoundsTests.falling],
            offset: .zero, windows: OracleWindows(length: .seconds(1), duration: .seconds(40)))
        expect(completion.sum, sum)
        expect(completion.optimal, optimal)
        expect(completion.bestStatic, best)
    }

    @Test func `count from the first SYN and end with the trace`() {
        func completion(_ megabytes: Int64) -> CapacityCompletion {
            CapacityCompletion(
                of: ByteCount(megabytes * 1_000_000), curves: [CapacityBoundsTests.rising],
                offset: .milliseconds(9_500),
                windows: OracleWindows(length: .seconds(10), duration: .milliseconds(30_500)))
        }
        expect(completion(2).bestStatic, 1)
        expect(completion(2).sum, 1)
        expect(completion(2).optimal, 1)
        #expect(completion(91).sum == nil)
    }

    @Test func `average over the shifts of their windows`() {
        // Two links take turns of 5 s. The times are worked out by hand for shifts of 0 to 9 s.
        let turns = [0, 1].map { first in
            Curve(
                rates: (0..<4).map { (.seconds($0 * 5), .megabitsPerSecond($0 % 2 == first ? 8 : 0)) },
                end: .seconds(20))
        }
        let completion = CapacityCompletion(
            of: ByteCount(8_000_000), curves: turns, offset: .zero,
            windows: OracleWindows(length: .seconds(10), duration: .seconds(20)))
        let times: [Double] = [13, 13, 13, 10, 9, 8, 9, 10, 13, 13]
        expect(completion.optimal, times.reduce(0, +) / 10)
    }

    private static let steady = Array(repeating: UInt32(10), count: 200)
    private static let late = Array(repeating: UInt32(0), count: 100) + Array(repeating: UInt32(30), count: 100)

    @Test(arguments: [(500, 0.5), (1000, 1), (1001, 1.01), (1300, 1.1), (4000, 2), (4001, nil)] as [(Int64, Double?)])
    func `splice until the bytes are there`(size: Int64, seconds: Double?) {
        let spliced = SplicedCompletion(
            of: ByteCount(size),
            paths: [
                .init(stalled: .init(run: "steady", delivered: Self.steady)),
                .init(stalled: .init(run: "late", delivered: Self.late)),
            ], window: .seconds(1))
        expect(spliced.best, seconds)
        expect(spliced.stalled, seconds)
        #expect(spliced.reconnecting == nil)
        #expect(spliced.runs == seconds.map { $0 > 1 ? ["steady", "late"] : ["steady"] } ?? [])
    }

    @Test func `take the TCP that is done first, and need one for every path`() {
        let slow = Splice.Delivery(run: "slow", delivered: Array(repeating: 5, count: 200))
        let steady = Splice.Delivery(run: "steady", delivered: Self.steady)
        let both = SplicedCompletion(
            of: ByteCount(800), paths: [.init(stalled: slow, reconnecting: steady)], window: .seconds(10))
        expect(both.stalled, 1.6)
        expect(both.reconnecting, 0.8)
        expect(both.best, 0.8)
        #expect(both.runs == ["steady"])
        #expect(
            SplicedCompletion(of: ByteCount(800), paths: [.init(stalled: slow), .init()], window: .seconds(10)).best
                == nil)
    }
}

/// When each of the three bounds from the traces has carried a size in IP bytes.
private struct CapacityCompletion {
    let sum, optimal, bestStatic: Duration?

    init(of size: ByteCount, curves: [Curve], offset: Duration, windows: OracleWindows) {
        let links = CapacityBounds.links(curves, offset)
        sum = CapacitySum.completion(of: size, links, windows)
        optimal = CapacityOptimal.completion(of: size, links, windows)
        bestStatic = BestStatic.completion(of: size, links, windows)
    }
}

/// When Spliced Optimal TCP has carried a size.
private struct SplicedCompletion {
    let best, stalled, reconnecting: Duration?
    let runs: [String]

    init(of size: ByteCount, paths: [Splices.Path], window: Duration) {
        let splices = Splices(paths)
        let best = splices.best(of: size, window: window)
        self.best = best?.time
        stalled = splices.stalled?.completion(of: size, splices.windows(window))
        reconnecting = splices.reconnecting?.completion(of: size, splices.windows(window))
        runs = best.map { $0.splice.runs(OracleWindows(length: window, duration: $0.time)) } ?? []
    }
}
