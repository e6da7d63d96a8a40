// SPDX-License-Identifier: Apache-2.0
import Bounds
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

private enum ThriceWiFi: Bound {
    static let name: BoundName = "thrice-wifi"
    static let summary = "made up for a test"
    static let isOptimalTCP = true
    static func label(window: Duration) -> String { "thrice WiFi's TCP" }
    static func bytes(of walk: MeasuredWalk) -> ByteCount? {
        walk.tcp(over: "wifi").map { ByteCount($0.delivered.bytes * 3) }
    }
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? { nil }
}

@Suite("Bounds and ratios")
struct RatiosTests {
    static func trace(_ name: String, _ rate: Double) -> PathTrace {
        let sample = PathTrace.LinkSample(rate: .megabitsPerSecond(rate), delay: .milliseconds(10))
        return PathTrace(
            name: name, kind: .other, duration: .seconds(21), queueDown: ByteCount(64_000),
            queueUp: ByteCount(64_000), source: "a test", samples: [.init(time: .zero, down: sample, up: sample)])
    }

    static func run(_ strategy: StrategyName, seed: UInt64, bytes: UInt32) -> ComparisonResult.Run {
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

    @Test("One oracle per seed, in order, over the span of that seed's runs")
    func oracles() throws {
        let oracles = ComparisonResult.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
        #expect(oracles.map(\.seed) == [1, 2, 3])
        let first = try #require(oracles.first)
        #expect(first.direction == .down && first.window == .seconds(10))
        #expect(
            first.bounds[CapacitySum.name]?.amount == .ip(ByteCount(37_500_000), payload: ByteCount(36_200_000)))
        #expect(
            first.bounds[BestStatic.name]?.amount == .ip(ByteCount(30_000_000), payload: ByteCount(28_960_000)))
        #expect(first.bounds[SplicedOptimal.name]?.amount == .application(ByteCount(200_000)))
        #expect(first.bounds[SplicedOptimalReconnect.name] == nil)
        #expect(first.splicedRuns == ["tcp-wifi.1", "tcp-wifi.1"])
    }

    @Test("Ratios are paired by seed, and their mean carries an interval")
    func ratios() throws {
        let oracles = ComparisonResult.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
        let ratios = ComparisonResult.ratios(runs: Self.runs, oracles: oracles)
        let headline = ratios.filter { $0.name == "mptcp/optimal" }
        #expect(headline.map(\.seed) == [1, 2, 3, nil])
        #expect(zip(headline, [1.1, 1.2, 1.3, 1.2]).allSatisfy { abs(($0.value ?? 0) - $1) < 1e-12 })
        // 0.1 / sqrt 3 x 4.302653, and x (4.302653 + 1.060660)
        #expect(abs(try #require(headline[3].low) - (1.2 - 0.248414)) < 1e-6)
        #expect(abs(try #require(headline[3].smallestDifference) - 0.309651) < 1e-6)
        #expect(headline[0].low == nil && headline[0].smallestDifference == nil)
        #expect(ratios.filter { $0.name == "mptcp/optimal-built" }.allSatisfy { $0.value == nil })
        let names = ratios.filter { $0.seed == nil }.map(\.name)
        #expect(
            names == [
                "mptcp/optimal", "mptcp/spliced-optimal", "mptcp/optimal-built", "mptcp/capacity-optimal",
                "mptcp/best-static", "mptcp/capacity-sum", "tcp-wifi/optimal", "tcp-cellular/optimal",
                "tcp-wifi-reconnect/optimal",
            ])
        #expect(ratios.count == names.count * 4)
    }

    @Test("The headline and every other strategy compare with the strongest Optimal TCP there is")
    func strongest() throws {
        let runs =
            Self.runs + [
                Self.run(.optimalBuilt, seed: 1, bytes: 220), Self.run(.optimalBuilt, seed: 2, bytes: 80),
                Self.run(.mptcpCompeting, seed: 1, bytes: 50),
            ]
        let oracles = ComparisonResult.oracles(runs: runs, traces: Self.traces, window: .seconds(10))
        #expect(oracles.map { $0.bounds[OptimalBuilt.name]?.bytes } == [ByteCount(440_000), ByteCount(160_000), nil])
        let ratios = ComparisonResult.ratios(runs: runs, oracles: oracles)
        func value(_ name: String, _ seed: UInt64) -> Double? {
            ratios.first { $0.name == name && $0.seed == seed }?.value
        }
        #expect(value("mptcp/optimal", 1) == 0.5)
        #expect(value("mptcp/optimal", 2) == 1.2)
        #expect(value("mptcp/optimal-built", 1) == 0.5)
        #expect(value("mptcp/optimal-built", 2) == 1.5)
        #expect(value("mptcp/optimal-built", 3) == nil)
        #expect(value("optimal-built/optimal", 1) == 1)
        #expect(value("optimal-built/optimal", 2) == 0.8)
        #expect(value("optimal-built/spliced-optimal", 1) == 2.2)
        #expect(abs(try #require(value("tcp-wifi/optimal", 1)) - 100.0 / 220) < 1e-12)
        #expect(value("tcp-wifi/optimal", 2) == 1)
        #expect(!ratios.contains { $0.name.hasPrefix("mptcp-competing") })
    }

    @Test("The headline also compares with a guest's bound that says that it is an Optimal TCP")
    func guests() throws {
        let registry = KnownBounds.registry(of: KnownBounds.builtIn + [ThriceWiFi.self])
        let ratios = KnownBounds.$registry.withValue(registry) { () -> [ComparisonResult.Ratio] in
            let oracles = ComparisonResult.oracles(runs: Self.runs, traces: Self.traces, window: .seconds(10))
            return ComparisonResult.ratios(runs: Self.runs, oracles: oracles)
        }
        for name in ["mptcp/optimal", "mptcp/thrice-wifi"] {
            let ratio = try #require(ratios.first { $0.name == name && $0.seed == UInt64(1) })
            #expect(ratio.value == 110.0 / 300, "\(name)")
        }
    }

    @Test("Without MPTCP there are no ratios of it for seeds, and no mean")
    func withoutMPTCP() {
        let runs = Self.runs.filter { $0.strategy != .mptcp }
        let oracles = ComparisonResult.oracles(runs: runs, traces: Self.traces, window: .seconds(10))
        let ratios = ComparisonResult.ratios(runs: runs, oracles: oracles).filter { $0.name.hasPrefix("mptcp/") }
        #expect(ratios.count == 6)
        #expect(ratios.allSatisfy { $0.value == nil && $0.seed == nil })
    }
}
