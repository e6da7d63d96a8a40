// SPDX-License-Identifier: Apache-2.0
import Bounds
import Determinism
import Documents
import Plans
import Quantities
import Results
import Strategies
import System
import Testing
import Traces

@testable import Replays
@testable import Verification

/// A bound as another program would add it.
private enum Guest: Bound {
    static let name: BoundName = "guest"
    static let summary = "made up for a test"
    static func label(window: Duration) -> String { "guest" }
    static func needs(paths: [String]) -> [BoundNeed] { paths.map { .tcp(over: $0) } + [.run(of: "wifi-first")] }
    static func bytes(of walk: MeasuredWalk) -> ByteCount? { nil }
    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? { nil }
}

@Suite struct `What came of a gate` {
    private func replay(_ gates: String) throws -> Replay {
        let text = """
            name: walk
            paths:
              wifi: {trace: wifi}
              cellular: {trace: cellular, kind: cellular}
            strategies: [tcp-wifi, tcp-cellular, optimal-built, mptcp]
            gates:
              \(gates)
            """
        return try Replay.parse(InputFile(path: "walk.yaml", bytes: Array(text.utf8))) { name in
            let trace = """
                # walkback trace 1
                # path: \(name)   kind: \(name)   duration_s: 20   curve: linear
                # queue_down: 100000 B   queue_up: 64000 B   accounting: ip
                # source: test
                time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
                0,8,2,10,10,0,0,1,

                """
            return InputFile(path: name, bytes: Array(trace.utf8))
        }
    }

    private func result(
        of replay: Replay, strategies: [StrategyName], ratios: [ComparisonResult.Ratio] = [],
        counters: [String: Int64] = [:]
    ) -> ComparisonResult {
        ComparisonResult(
            replay: .init(name: "walk", sha256: "", duration: .seconds(20), traces: replay.traces, pathSettings: []),
            environment: .init(
                walkback: "", kernelRelease: "", kernelPatches: [], congestionControl: "", scheduler: "", sysctls: [:],
                settings: ReplaySettings()),
            runs: strategies.map { strategy in
                .init(
                    id: "\(strategy).1", strategy: strategy, seed: 1, direction: .down, offset: .zero,
                    duration: .seconds(20), delivered: ByteCount(1), longestGap: .milliseconds(500), verified: true,
                    paths: [], fidelity: [], counters: counters, events: [], series: Series(delivered: [], links: []))
            }, oracles: [], ratios: ratios, command: "")
    }

    private static let everything: [StrategyName] = [.tcp(path: "wifi"), .tcp(path: "cellular"), .optimalBuilt, .mptcp]

    @Test func `on a ratio is met or missed by its mean`() throws {
        let replay = try replay("mptcp/optimal: \">= 1\"")
        func verdict(_ value: Double?) -> ComparisonResult.GateVerdict {
            replay.verdicts(
                on: result(
                    of: replay, strategies: Self.everything,
                    ratios: [
                        .init(name: "mptcp/optimal", seed: 1, value: 7), .init(name: "mptcp/optimal", value: value),
                    ]),
                counters: [])[0]
        }
        #expect(verdict(1.02).outcome == .met && verdict(1.02).note == nil)
        #expect(verdict(0.97).note == "gate not met: mptcp/optimal >= 1, but it is 0.97")
        // All strategies were run and there is still no value, because not all of a transfer arrived.
        #expect(verdict(nil).note == "gate not met: mptcp/optimal >= 1, but it is not known")
    }

    @Test(arguments: [
        ("mptcp/optimal: \">= 1\"", [StrategyName.tcp(path: "wifi")], "mptcp was not run"),
        ("mptcp/optimal: \">= 1\"", [.mptcp, .tcp(path: "wifi")], "no TCP was run over cellular, nor optimal-built"),
        ("mptcp/spliced-optimal: \">= 1\"", [.mptcp, .optimalBuilt], "no TCP was run over wifi or cellular"),
        ("mptcp/optimal-built: \">= 1\"", [.mptcp, .tcp(path: "wifi")], "optimal-built was not run"),
        ("mptcp/longest-gap: \"<= 1s\"", [.tcp(path: "wifi")], "mptcp was not run"),
    ])
    func `of what was not run is that it was not`(line: String, strategies: [StrategyName], finding: String) throws {
        let replay = try replay(line)
        let verdict = replay.verdicts(on: result(of: replay, strategies: strategies), counters: [])[0]
        #expect(verdict.outcome == .notEvaluated)
        #expect(verdict.finding == finding)
        #expect(verdict.note?.hasPrefix("gate not evaluated: ") == true)
    }

    @Test(arguments: [
        ([StrategyName.mptcp, .tcp(path: "wifi")], "a TCP over cellular and wifi-first were not run"),
        ([.mptcp, .tcp(path: "wifi"), .tcpReconnect(path: "cellular")], "wifi-first was not run"),
    ])
    func `on a bound that somebody else added says what that needs`(strategies: [StrategyName], finding: String) throws
    {
        try KnownBounds.$registry.withValue(KnownBounds.registry(of: KnownBounds.builtIn + [Guest.self])) {
            let replay = try replay("mptcp/guest: \">= 1\"")
            let verdict = replay.verdicts(on: result(of: replay, strategies: strategies), counters: [])[0]
            #expect(verdict.outcome == .notEvaluated && verdict.finding == finding)
        }
        #expect(throws: Fault.self) { try self.replay("mptcp/guest: \">= 1\"") }
    }

    @Test func `on a counter that the kernel does not have is that it has none`() throws {
        let known: Set<String> = ["MPTcpExt.RmAddrTx", "MPTcpExt.RmAddr"]
        func verdict(_ name: String, counters: [String: Int64] = [:]) throws -> ComparisonResult.GateVerdict {
            let replay = try replay("mptcp/counter \(name): \"<= 3\"")
            return replay.verdicts(on: result(of: replay, strategies: [.mptcp], counters: counters), counters: known)[0]
        }
        let misspelt = try verdict("mobile.MPTcpExt.RmAdrTx")
        #expect(misspelt.outcome == .missed)
        #expect(misspelt.finding == "the kernel has no such counter; did you mean 'mobile.MPTcpExt.RmAddrTx'?")
        #expect(try verdict("mobile.MPTcpExt.RmAddrTx").outcome == .met)
        #expect(try verdict("server.MPTcpExt.RmAddr", counters: ["server.MPTcpExt.RmAddr": 4]).outcome == .missed)
        // This counter is not the kernel's. It exists for a path only if MPTCP had a subflow on it.
        #expect(try verdict("server.subflow.wifi.stranded_bytes").outcome == .met)
    }
}
