// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import System
import Testing
import Traces
import Verification

@testable import Replays

@Suite struct `A gate on single runs` {
    private func load(_ gates: String) throws -> Replay {
        let text = """
            name: walk
            paths:
              wifi: {trace: wifi}
              cellular: {trace: cellular, kind: cellular}
            strategies: [mptcp, tcp-wifi]
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

    private func run(
        gap: Duration = .milliseconds(300), counters: [String: Int64] = [:], events: [RunRecord.Event] = [],
        handoffs: [ComparisonResult.Handoff] = []
    ) -> ComparisonResult.Run {
        ComparisonResult.Run(
            id: "mptcp.1", strategy: .mptcp, seed: 1, direction: .down, offset: .zero, duration: .seconds(20),
            delivered: ByteCount(1), longestGap: gap, verified: true, paths: [], fidelity: [], counters: counters,
            events: events, series: Series(delivered: [], links: []), handoffs: handoffs)
    }

    @Test(arguments: [
        ("mptcp/longest-gap: \"<= 0.35s\"", RunGate.Demand.longestGap(.atMost, .milliseconds(350))),
        ("mptcp/first-byte-on-new-path: \"<=0.6s\"", .firstByteOnNewPath(.atMost, .milliseconds(600))),
        ("mptcp/carries-again: \"< 1s\"", .carriesAgain(.below, .seconds(1))),
        ("mptcp/stranded: \"<= 100kB\"", .stranded(.atMost, ByteCount(100_000))),
        ("mptcp/counter mobile.MPTcpExt.RmAddrTx: \">= 1\"", .counter("mobile.MPTcpExt.RmAddrTx", .atLeast, 1)),
        ("mptcp/events: \"left wifi < connection-lost\"", .events(["left wifi", "connection-lost"])),
    ])
    func `is read as it is written`(line: String, demand: RunGate.Demand) throws {
        let replay = try load(line)
        #expect(replay.runGates == [RunGate(.mptcp, demand)])
        #expect(replay.gates.isEmpty)
    }

    @Test func `stands beside gates on the ratio of any strategy that is run`() throws {
        #expect(
            try load("tcp-wifi/optimal: \">= 0.9\"").gates == [
                Gate(ratio: "tcp-wifi/optimal", comparison: .atLeast, bound: 0.9)
            ])
        let fault = #expect(throws: Fault.self) { try load("tcp-cellular/optimal: \">= 0.9\"") }
        #expect(
            fault?.message.hasPrefix("walk.yaml:7:3: unknown ratio or measure 'tcp-cellular/optimal'")
                == true)
    }

    @Test func `may give several orders of events`() throws {
        let replay = try load("mptcp/events: [\"left wifi < joined wifi\", \"joined cellular\"]")
        #expect(
            replay.runGates.map(\.demand) == [.events(["left wifi", "joined wifi"]), .events(["joined cellular"])])
    }

    @Test(arguments: [
        (
            "mptcp/longest-gpa: \"<= 1s\"",
            "7:3: unknown ratio or measure 'mptcp/longest-gpa'; did you mean 'mptcp/longest-gap'?"
        ),
        (
            "mptpc/stranded: \"<= 1kB\"",
            "7:3: unknown ratio or measure 'mptpc/stranded'; did you mean 'mptcp/stranded'?"
        ),
        (
            "tcp-cellular/longest-gap: \"<= 1s\"",
            "7:3: unknown ratio or measure 'tcp-cellular/longest-gap'; choose from: "
        ),
        ("mptcp/longest-gap: \"<= 1\"", "7:22: '<= 1' is not a gate; write >=, <=, > or < and a value with its unit"),
        ("mptcp/stranded: \"100kB\"", "7:19: '100kB' is not a gate"),
        ("mptcp/counter: \">= 1\"", "7:3: unknown ratio or measure 'mptcp/counter'"),
        ("mptcp/counter RmAddrTx: \">= 1\"", "7:3: 'RmAddrTx' is not a counter; name one as in a result"),
        ("mptcp/counter mobile.X: \">= x\"", "7:27: '>= x' is not a gate; write >=, <=, > or < and a number"),
        ("mptcp/events: \"left wifi <\"", "7:17: 'left wifi <' is not an order of events"),
        ("mptcp/events: \"left wfi\"", "7:17: unknown path 'wfi'; did you mean 'wifi'?"),
    ])
    func `is refused with its place and the remedy`(line: String, message: String) {
        let fault = #expect(throws: Fault.self) { try load(line) }
        #expect(fault?.code == .badInput)
        let text = fault?.message ?? ""
        #expect(text.hasPrefix("walk.yaml:\(message)"), "\(text)")
    }

    private func handoff(
        _ kind: ComparisonResult.Handoff.Kind, first: Duration? = nil, again: Duration? = nil,
        stranded: [String: ByteCount] = [:]
    ) -> ComparisonResult.Handoff {
        .init(
            kind: kind, path: "wifi", time: .seconds(5), longestGap: .zero, firstByteOnNewPath: first,
            carriesAgain: again, stranded: stranded)
    }

    @Test func `on the longest gap is one on the whole run`() {
        let gate = RunGate(.mptcp, .longestGap(.atMost, .milliseconds(350)))
        #expect(gate.miss(in: run(gap: .milliseconds(350))) == nil)
        #expect(gate.miss(in: run(gap: .milliseconds(360))) == "it is 0.36 s")
    }

    @Test func `on the first byte holds for every path that comes, and not for one that goes`() {
        let gate = RunGate(.mptcp, .firstByteOnNewPath(.atMost, .milliseconds(600)))
        let good = handoff(.gained, first: .milliseconds(600))
        #expect(gate.miss(in: run(handoffs: [handoff(.lost, first: .seconds(4)), good])) == nil)
        #expect(
            gate.miss(in: run(handoffs: [good, handoff(.renumbered, first: .milliseconds(610))]))
                == "it is 0.61 s after wifi was renumbered at 5.000 s")
        #expect(
            gate.miss(in: run(handoffs: [good, handoff(.gained)]))
                == "wifi carried nothing after wifi was gained at 5.000 s")
        #expect(gate.miss(in: run(handoffs: [handoff(.lost)])) == "there was no such hand-off")
    }

    @Test func `on carrying again is one on paths that were lost before`() {
        let gate = RunGate(.mptcp, .carriesAgain(.atMost, .seconds(1)))
        #expect(gate.miss(in: run(handoffs: [handoff(.gained)])) == "there was no such hand-off")
        #expect(
            gate.miss(in: run(handoffs: [handoff(.gained), handoff(.lost), handoff(.gained, again: .seconds(1))]))
                == nil
        )
        #expect(gate.miss(in: run(handoffs: [handoff(.lost), handoff(.gained)])) != nil)
    }

    @Test func `on stranded bytes is one on every subflow`() {
        let gate = RunGate(.mptcp, .stranded(.atMost, ByteCount(100)))
        let some = handoff(.gained, stranded: ["cellular": ByteCount(100), "other": ByteCount(0)])
        #expect(gate.miss(in: run(handoffs: [some])) == nil)
        let more = handoff(.gained, stranded: ["cellular": ByteCount(100), "other": ByteCount(101)])
        #expect(gate.miss(in: run(handoffs: [more])) == "101 B waited on other after wifi was gained at 5.000 s")
        #expect(gate.miss(in: run()) == "no path became available")
    }

    @Test func `takes a counter that is absent for zero`() {
        let gate = RunGate(.mptcp, .counter("mobile.MPTcpExt.RmAddrTx", .atLeast, 1))
        #expect(gate.miss(in: run(counters: ["mobile.MPTcpExt.RmAddrTx": 1])) == nil)
        #expect(gate.miss(in: run()) == "it is 0")
        #expect(RunGate(.mptcp, .counter("mobile.X", .atMost, 0)).miss(in: run()) == nil)
    }

    @Test func `on events asks for the first of each in order`() {
        let events: [RunRecord.Event] = [
            .init(time: .zero, kind: "connected"), .init(time: .seconds(1), kind: "left", path: "wifi"),
            .init(time: .seconds(2), kind: "joined", path: "wifi"),
            .init(time: .seconds(3), kind: "left", path: "wifi"),
        ]
        func miss(_ names: [String]) -> String? { RunGate(.mptcp, .events(names)).miss(in: run(events: events)) }
        #expect(miss(["connected", "left wifi", "joined wifi"]) == nil)
        #expect(miss(["joined wifi", "left wifi"]) == "left wifi came at 1.000 s, before joined wifi at 2.000 s")
        #expect(miss(["left cellular"]) == "there was no event 'left cellular'")
        #expect(miss(["joined"]) == nil)
    }
}
