// SPDX-License-Identifier: Apache-2.0
import Documents
import KernelTier
import Plans
import Quantities
import Testing
import Traces

/// How each strategy uses two paths when WiFi is away from second 6 to second 10.
@Suite(.kernelTier, .serialized) struct `A strategy's run` {
    private static let outage: [(Duration, Bool)] = [
        (.zero, true), (.seconds(6), false), (.seconds(10), true),
    ]

    /// The application's bytes between two trace times.
    private func delivered(_ series: Series, _ from: Double, _ to: Double) -> Int {
        series.delivered[RunRig.bin(from)..<RunRig.bin(to)].reduce(0) { $0 + Int($1) }
    }

    private func carried(_ series: Series, _ path: String, _ from: Double, _ to: Double) throws -> Int {
        let link = try #require(series.link(path, .down))
        return link.arrived[RunRig.bin(from)..<RunRig.bin(to)].reduce(0) { $0 + Int($1) }
    }

    @Test func `moves one connection by its home address`() throws {
        for strategy in [StrategyName.optimalBuilt, "wifi-first-ideal", "mobile-ip"] {
            let (record, series) = try RunRig.execute(strategy, seconds: 20, wifi: Self.outage) { plan in
                plan.routes = [
                    (0.5, 0), (6, 1), (10, 0),
                ].flatMap { time, path in
                    [RouteChange.End.mobile, .home].map { .init(time: .seconds(time), end: $0, path: path) }
                }
            }
            #expect(record.verified && record.failure == nil)
            #expect(record.events.count { $0.kind == "connected" } == 1, "\(strategy)")
            #expect(record.events.filter { $0.kind == "moved" }.map(\.path) == ["wifi", "cellular", "wifi"])
            #expect(try carried(series, "cellular", 0.5, 5.9) == 0)
            #expect(delivered(series, 7, 9.5) > 300_000)
            #expect(try carried(series, "cellular", 11, 20) == 0)
            #expect(delivered(series, 12, 20) > 4_000_000)
        }
    }

    @Test func `prefers WiFi with a new connection each time`() throws {
        let (record, series) = try RunRig.execute("wifi-first", seconds: 20, wifi: Self.outage)
        #expect(record.verified && record.failure == nil)
        let connecting = record.events.filter { $0.kind == "connecting" }.map(\.path)
        #expect(connecting == ["wifi", "cellular", "wifi"])
        #expect(try carried(series, "cellular", 0.5, 5.9) == 0)
        #expect(delivered(series, 7, 9.5) > 300_000)
        // The connection over cellular was reset, so nothing of it is left a second later.
        #expect(try carried(series, "cellular", 11.5, 20) == 0)
    }

    @Test func `keeps backups silent while WiFi is there`() throws {
        let (record, series) = try RunRig.execute("mptcp-backup", seconds: 20, wifi: Self.outage)
        #expect(record.verified && record.failure == nil)
        // Only handshakes and control packets.
        #expect(try carried(series, "cellular", 0.5, 5.9) < 2000)
        #expect(delivered(series, 7, 9.5) > 300_000)
        #expect(try carried(series, "wifi", 12, 20) > 4_000_000)
        #expect(try carried(series, "cellular", 13, 20) < 20_000)
    }

    @Test func `has one subflow at a time`() throws {
        let (record, series) = try RunRig.execute("mptcp-single", seconds: 20, wifi: Self.outage)
        #expect(record.verified && record.failure == nil)
        #expect(try carried(series, "cellular", 0.5, 5.9) == 0)
        // The address's removal was lost with the only path, so the server was not told. It keeps giving data to the
        // dead subflow until that is stale. Then it sends all of it again, including what had already arrived out of
        // order.
        #expect(record.counters["server.MPTcpExt.SubflowStale"] == 1)
        #expect(try carried(series, "cellular", 6.5, 9.5) > 650_000)
        #expect(delivered(series, 7, 9.5) > 100_000)
        #expect(try carried(series, "cellular", 11.5, 20) < 20_000)
        #expect(try carried(series, "wifi", 12, 20) > 4_000_000)
    }

    @Test(arguments: [EnergyPolicy.Switching.removal, .priority])
    func `switches a radio off while the better one is held`(switching: EnergyPolicy.Switching) throws {
        let (record, series) = try RunRig.execute("mptcp-energy", seconds: 20) { plan in
            plan.energy.probe = .seconds(4)
            plan.energy.hold = .seconds(10)
            plan.energy.switching = switching
        }
        #expect(record.verified && record.failure == nil)
        #expect(try carried(series, "cellular", 1, 4) > 300_000)
        // The better path is held from 4.5 s to 14.5 s of the trace. What was under way over the other one still
        // arrives.
        let quiet = try carried(series, "cellular", 6, 14.4)
        #expect(switching == .removal ? quiet < 2000 : quiet < 20_000)
        #expect(try carried(series, "cellular", 15.5, 18.4) > 300_000)
    }

    @Test(arguments: [StrategyName.tcpReconnect(path: "wifi"), "wifi-first", "mptcp-single", "mptcp-backup", .mptcp])
    func `goes on over WiFi when its address there becomes another`(strategy: StrategyName) throws {
        let (record, series) = try RunRig.execute(strategy, seconds: 16) { plan in
            plan.paths[0].addressChanges = [.seconds(6)]
        }
        #expect(record.verified && record.failure == nil)
        #expect(record.events.contains { $0.kind == "renumbered" && $0.path == "wifi" })
        #expect(try carried(series, "wifi", 12, 16) > 3_000_000)
        #expect(delivered(series, 12, 16) > 2_500_000)
    }

    @Test func `competes with a TCP over each path, of which each is checked by itself`() throws {
        let (record, series) = try RunRig.execute(.mptcpCompeting, seconds: 40)
        #expect(record.verified && record.failure == nil)
        #expect(record.others.map(\.name) == ["tcp-wifi", "tcp-cellular"])
        #expect(record.others.map(\.verified) == [true, true])
        for (flow, bins) in zip(record.others, series.others) {
            #expect(bins.reduce(0) { $0 + Int64($1) } == flow.delivered.bytes)
        }
        // Together they fill both links, and none of the three starves.
        let all = [record.delivered] + record.others.map(\.delivered)
        let payload = 10e6 / 8 * 40 * 1448 / 1500
        let share = Double(all.reduce(.zero, +).bytes) / payload
        #expect(share > 0.93 && share <= 1)
        #expect(all.allSatisfy { Double($0.bytes) > payload / 30 })
        #expect(record.events.filter { $0.kind == "companion-connected" }.count == 2)
    }

    @Test func `refuses an MPTCP scheduler that the kernel lacks`() {
        let fault = #expect(throws: Fault.self) {
            try RunRig.execute(.mptcp, seconds: 5) { $0.transport.scheduler = "nonesuch" }
        }
        #expect(fault?.code == .missingFeature)
    }

    @Test func `records the stale count that was asked for`() throws {
        let (record, _) = try RunRig.execute(.mptcp, seconds: 5) { $0.transport.staleLossCount = 7 }
        #expect(record.sysctls["net.mptcp.stale_loss_cnt"] == "7")
    }
}
