// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Strategies
import Testing
import Traces
import Verification

@Suite struct `A hand-off's measure` {
    /// Two paths for 20 s, of which `wifi` is away from 5 s to 9 s after the first SYN, which leaves at 0.5 s of the
    /// trace.
    private struct Walk {
        var plan: RunPlan
        var record = RunRecord(id: "mptcp.1")
        var delivered = [UInt32](repeating: 1000, count: 2000)
        var wifi = [UInt32](repeating: 10_000, count: 2000)
        var cellular = [UInt32](repeating: 2500, count: 2000)

        init(_ strategy: StrategyName = .mptcp) {
            let outage: [RunPlan.Attachment] = [
                .init(time: .zero, attached: true), .init(time: .milliseconds(5500), attached: false),
                .init(time: .milliseconds(9500), attached: true),
            ]
            let known = StrategyRegistry.find(strategy.description, over: ["wifi", "cellular"])
            plan = RunPlan(
                id: "mptcp.1", strategy: strategy, connections: known?.connections(over: ["wifi", "cellular"]) ?? [],
                seed: 1,
                paths: [
                    .init(name: "wifi", kind: .wifi, downTable: "", upTable: "", attachments: outage),
                    .init(
                        name: "cellular", kind: .cellular, downTable: "", upTable: "",
                        attachments: [.init(time: .zero, attached: true)]),
                ], offset: .milliseconds(500), duration: .seconds(20), workload: Workload(), transport: Transport(),
                mobility: Mobility())
            record.measured = .seconds(20)
            record.events = [
                .init(time: .zero, kind: "mptcp.established", path: "wifi"),
                .init(time: .zero, kind: "mptcp.sub-established", path: "cellular"),
            ]
            clear(\.wifi, 5, 9)
        }

        mutating func clear(_ column: WritableKeyPath<Walk, [UInt32]>, _ start: Double, _ end: Double) {
            for bin in Int((start * 100).rounded())..<Int((end * 100).rounded()) { self[keyPath: column][bin] = 0 }
        }

        func measured() -> [ComparisonResult.Handoff] {
            func link(_ path: String, _ arrived: [UInt32]) -> Series.Link {
                let zero = [UInt32](repeating: 0, count: arrived.count)
                return Series.Link(
                    path: path, direction: .down, arrived: arrived, lost: zero, dropped: zero,
                    idle: arrived.map { _ in false })
            }
            let series = Series(delivered: delivered, links: [link("wifi", wifi), link("cellular", cellular)])
            return ComparisonResult.Handoff.measure(plan: plan, record: record, series: series)
        }
    }

    @Test func `has both ends of an outage, with the gap that begins at each`() {
        var walk = Walk()
        walk.clear(\.delivered, 5.02, 5.31)
        walk.clear(\.delivered, 10, 10.1)
        let handoffs = walk.measured()
        #expect(handoffs.map(\.kind) == [.lost, .gained])
        #expect(handoffs.map(\.path) == ["wifi", "wifi"])
        #expect(handoffs.map(\.time) == [.seconds(5), .seconds(9)])
        #expect(handoffs.map(\.longestGap) == [.milliseconds(290), .milliseconds(100)])
    }

    @Test func `has the whole gap that it falls into, and none of those before`() {
        var walk = Walk()
        walk.clear(\.delivered, 1, 4.5)
        walk.clear(\.delivered, 4.53, 5.02)
        walk.clear(\.delivered, 19, 20)
        #expect(walk.measured().map(\.longestGap) == [.milliseconds(490), .seconds(1)])
    }

    @Test func `shares a gap with the next one that falls into it, and has no gap of that one's alone`() {
        var walk = Walk()
        walk.clear(\.delivered, 5, 9.2)
        #expect(walk.measured().map(\.longestGap) == [.milliseconds(4200), .milliseconds(4200)])
        walk = Walk()
        walk.clear(\.delivered, 6, 6.1)
        walk.clear(\.delivered, 7, 9.2)
        #expect(walk.measured().map(\.longestGap) == [.milliseconds(100), .milliseconds(2200)])
    }

    @Test func `takes a path as used when a payload-sized packet arrived, not at a handshake`() {
        var walk = Walk()
        walk.clear(\.wifi, 9, 9.5)
        // A SYN/ACK and two acknowledgements, and later a full segment.
        walk.wifi[902] = 220
        walk.wifi[940] = 1500
        let gained = walk.measured()[1]
        #expect(gained.firstByteOnNewPath == .milliseconds(410))
        #expect(gained.carriesAgain == .milliseconds(410))
    }

    @Test func `knows no first byte where none arrived before the path was lost again`() {
        var walk = Walk()
        walk.clear(\.wifi, 9, 20)
        #expect(walk.measured()[1].firstByteOnNewPath == nil)
        #expect(walk.measured()[1].carriesAgain == nil)
    }

    @Test func `takes what a closed subflow still sends for no use of the path`() {
        var walk = Walk()
        walk.record.events.append(.init(time: .seconds(5), kind: "mptcp.sub-closed", path: "wifi"))
        #expect(walk.measured()[1].firstByteOnNewPath == nil)
        walk.record.events.append(.init(time: .milliseconds(9130), kind: "mptcp.sub-established", path: "wifi"))
        #expect(walk.measured()[1].firstByteOnNewPath == .milliseconds(150))
    }

    @Test func `does not call lost what was not in use`() {
        var walk = Walk()
        walk.clear(\.wifi, 0, 9)
        let handoffs = walk.measured()
        #expect(handoffs.map(\.kind) == [.gained])
        #expect(handoffs[0].firstByteOnNewPath == .milliseconds(10))
        // It never carried anything before, so it carries nothing again.
        #expect(handoffs[0].carriesAgain == nil)
    }

    @Test func `of a loss looks for the first byte on a path that was not in use`() {
        var walk = Walk("wifi-first")
        #expect(walk.measured()[0].firstByteOnNewPath == nil)
        walk.clear(\.cellular, 0, 5.6)
        #expect(walk.measured()[0].firstByteOnNewPath == .milliseconds(610))
    }

    @Test func `has what was stranded when the path came`() {
        var walk = Walk()
        walk.record.events += [
            .init(time: .seconds(4), kind: "joined", path: "wifi"),
            .init(time: .seconds(4), kind: "stranded", path: "cellular", detail: "1 bytes"),
            .init(time: .seconds(9), kind: "joined", path: "wifi"),
            .init(time: .seconds(9), kind: "stranded", path: "cellular", detail: "123456 bytes"),
            .init(time: .seconds(9), kind: "mptcp.sub-established", path: "wifi"),
            .init(time: .seconds(10), kind: "stranded", path: "cellular", detail: "7 bytes"),
        ]
        #expect(walk.measured().map(\.stranded) == [[:], ["cellular": ByteCount(123_456)]])
    }

    @Test func `of a change of address waits for the connection from the new one`() {
        var walk = Walk()
        walk.plan.paths[0].addressChanges = [.milliseconds(2500), .milliseconds(7000)]
        walk.record.events = [
            .init(time: .seconds(2), kind: "renumbered", path: "wifi"),
            .init(time: .milliseconds(2040), kind: "mptcp.sub-established", path: "cellular"),
            .init(time: .milliseconds(2075), kind: "mptcp.sub-established", path: "wifi"),
        ]
        let handoffs = walk.measured()
        // The second change falls into the outage and is part of the return.
        #expect(handoffs.map(\.kind) == [.renumbered, .lost, .gained])
        #expect(handoffs[0].firstByteOnNewPath == .milliseconds(90))
        #expect(handoffs[0].carriesAgain == nil)
    }

    @Test func `shows where a home address moved to, once it did`() {
        var walk = Walk(.optimalBuilt)
        walk.clear(\.cellular, 0, 5.2)
        walk.plan.routes = [
            .init(time: .milliseconds(500), end: .mobile, path: 0),
            .init(time: .milliseconds(500), end: .home, path: 0),
            .init(time: .seconds(5), end: .home, path: nil), .init(time: .milliseconds(5600), end: .home, path: 1),
            .init(time: .seconds(30), end: .home, path: 0),
        ]
        let moved = walk.measured().filter { $0.kind == .moved }
        #expect(moved.map(\.path) == ["cellular"])
        #expect(moved.map(\.time) == [.milliseconds(5100)])
        #expect(moved.map(\.firstByteOnNewPath) == [.milliseconds(110)])
    }
}
