import Oracle
import Runs
import Testing
import Traces
import Units

@Suite("Bounds and ratios")
struct BoundsTests {
    static func trace(_ name: String, _ rate: Double) -> PathTrace {
        let sample = PathTrace.LinkSample(rate: .megabitsPerSecond(rate), delay: .milliseconds(10))
        return PathTrace(
            name: name, kind: .other, duration: .seconds(21), queueDown: ByteCount(64_000),
            queueUp: ByteCount(64_000), source: "a test", samples: [.init(time: .zero, down: sample, up: sample)])
    }

    static func run(_ strategy: Strategy, seed: UInt64, bytes: UInt32) -> ComparisonResult.Run {
        ComparisonResult.Run(
            id: "\(strategy).\(seed)", strategy: strategy, seed: seed, direction: .down,
            offset: .milliseconds(100 * Int(seed)), duration: .seconds(20),
            delivered: ByteCount(Int64(bytes) * 2000), longestGap: .zero, verified: true, paths: [], fidelity: [],
            counters: [:], events: [],
            series: Series(delivered: Array(repeating: bytes, count: 2000), links: []))
    }

    static let traces = [trace("wifi", 12), trace("cellular", 3)]
    static let runs = [2, 1, 3].flatMap { (seed: UInt64) in
        [
            run(.tcp(path: "wifi"), seed: seed, bytes: 100), run(.tcp(path: "cellular"), seed: seed, bytes: 20),
            run(.tcpReconnect(path: "wifi"), seed: seed, bytes: 90),
            run(.mptcp, seed: seed, bytes: UInt32(100 + 10 * seed)),
        ]
    }

    @Test("One oracle a seed, in order, over the span of that seed's runs")
    func oracles() throws {
        let oracles = Bounds.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
        #expect(oracles.map(\.seed) == [1, 2, 3])
        let first = try #require(oracles.first)
        #expect(first.direction == .down && first.window == .seconds(10))
        #expect(first.capacitySum == ByteCount(37_500_000))
        #expect(first.bestStatic == ByteCount(30_000_000))
        #expect(first.bestStaticPayload == ByteCount(28_960_000))
        #expect(first.splicedOptimal == ByteCount(200_000))
        #expect(first.splicedOptimalReconnect == nil)
        #expect(first.splicedRuns == ["tcp-wifi.1", "tcp-wifi.1"])
    }

    @Test("Ratios are paired by seed, and their mean carries an interval")
    func ratios() throws {
        let oracles = Bounds.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
        let ratios = Bounds.ratios(runs: Self.runs, oracles: oracles)
        #expect(ratios.count == 6 * 4)
        let headline = ratios.filter { $0.name == "mptcp/optimal" }
        #expect(headline.map(\.seed) == [1, 2, 3, nil])
        #expect(zip(headline, [1.1, 1.2, 1.3, 1.2]).allSatisfy { abs(($0.value ?? 0) - $1) < 1e-12 })
        // 0.1 / sqrt 3 x 4.302653
        #expect(abs(try #require(headline[3].low) - (1.2 - 0.248414)) < 1e-6)
        #expect(headline[0].low == nil)
        #expect(ratios.filter { $0.name == "mptcp/optimal-built" }.allSatisfy { $0.value == nil })
        #expect(
            ratios.filter { $0.seed == nil }.map(\.name) == [
                "mptcp/optimal", "mptcp/spliced-optimal", "mptcp/optimal-built", "mptcp/capacity-optimal",
                "mptcp/best-static", "mptcp/capacity-sum",
            ])
    }

    @Test("The headline is against the strongest Optimal TCP there is")
    func strongest() throws {
        let oracles = Bounds.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
        let built: [UInt64: ByteCount] = [1: ByteCount(440_000), 2: ByteCount(1)]
        let ratios = Bounds.ratios(runs: Self.runs, oracles: oracles, built: built)
        #expect(ratios.first { $0.name == "mptcp/optimal" && $0.seed == 1 }?.value == 0.5)
        #expect(ratios.first { $0.name == "mptcp/optimal" && $0.seed == 2 }?.value == 1.2)
        #expect(ratios.first { $0.name == "mptcp/optimal-built" && $0.seed == 1 }?.value == 0.5)
        #expect(ratios.first { $0.name == "mptcp/optimal-built" && $0.seed == 3 }?.value == nil)
    }

    @Test("Without MPTCP there are no ratios to seeds, and no mean")
    func withoutMPTCP() {
        let runs = Self.runs.filter { $0.strategy != .mptcp }
        let oracles = Bounds.oracles(runs: runs, traces: Self.traces, window: .seconds(10))
        let ratios = Bounds.ratios(runs: runs, oracles: oracles)
        #expect(ratios.count == 6)
        #expect(ratios.allSatisfy { $0.value == nil && $0.seed == nil })
    }
}
