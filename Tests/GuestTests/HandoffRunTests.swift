// SPDX-License-Identifier: Apache-2.0
import Guest
import KernelTier
import Plans
import Quantities
import Results
import SystemPackage
import Strategies
import Testing
import Traces
import Verification

/// Whole MPTCP runs in the guest over paths of 8 and 2 Mb/s, one of which is away for a while or changes its address.
@Suite(.kernelTier, .serialized) struct `An MPTCP run` {
    private struct Scene {
        var attachments: [[RunPlan.Attachment]] = [
            [.init(time: .zero, attached: true)], [.init(time: .zero, attached: true)],
        ]
        var families: [RunPlan.AddressFamily] = [.ipv4, .ipv4]
        var addressChanges: [Duration] = []
        var mobility = Mobility()
        var seconds = 16
    }

    private static let outage: [RunPlan.Attachment] = [
        .init(time: .zero, attached: true), .init(time: .seconds(5), attached: false),
        .init(time: .seconds(9), attached: true),
    ]

    private func execute(_ scene: Scene) throws -> (RunRecord, Series, [ComparisonResult.Handoff]) {
        let directory = FilePath("/dev/walkback")
        var paths: [RunPlan.Path] = []
        for (index, (name, kind, rate)) in [("wifi", PathKind.wifi, 8.0), ("cellular", .cellular, 2.0)].enumerated() {
            let table = LinkTable(
                curve: Curve(rates: [(.zero, .megabitsPerSecond(rate))], end: .seconds(scene.seconds + 2)),
                conditions: [.init(time: .zero, delay: .milliseconds(10 + 20 * index), loss: 0)],
                queue: ByteCount(64_000), overhead: .zero)
            let descriptor = try FileDescriptor.open(
                directory.appending("\(name).link"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll(table.encoded()) }
            paths.append(
                .init(
                    name: name, kind: kind, family: scene.families[index], downTable: "\(name).link",
                    upTable: "\(name).link", attachments: scene.attachments[index],
                    addressChanges: index == 0 ? scene.addressChanges : []))
        }
        let plan = try RunPlan(
            id: "mptcp.1", strategy: .mptcp, seed: 1, paths: paths, offset: .zero, duration: .seconds(scene.seconds),
            workload: Workload(), transport: Transport(), mobility: scene.mobility)
        let (record, series) = try RunExecution(plan: plan, directory: directory, clock: .virtual) { _ in }.run()
        #expect(record.verified && record.failure == nil)
        return (record, series, ComparisonResult.Handoff.measure(plan: plan, record: record, series: series))
    }

    private func bytes(_ series: Series, _ path: String, _ span: Range<Int>) throws -> Int {
        let link = try #require(series.link(path, .down))
        return link.arrived[(span.lowerBound * 100)..<(span.upperBound * 100)].reduce(0) { $0 + Int($1) }
    }

    @Test(arguments: Mobility.Mode.allCases)
    func `survives an outage in every mode and uses the path again`(mode: Mobility.Mode) throws {
        var scene = Scene()
        scene.attachments[0] = Self.outage
        scene.mobility.mode = mode
        let (record, series, handoffs) = try execute(scene)
        #expect(try bytes(series, "wifi", 5..<9) == 0)
        // In each of the last seconds WiFi carries more than half of what it can: a lone retransmission is 1500 bytes.
        for second in 13..<16 { #expect(try bytes(series, "wifi", second..<second + 1) > 500_000) }
        #expect(try bytes(series, "cellular", 7..<9) > 250_000)
        #expect(handoffs.map(\.kind) == [.lost, .gained])
        #expect(handoffs[1].carriesAgain != nil)
        #expect(handoffs[1].stranded["cellular"]?.bytes ?? 0 > 0)
        // Only a host that is informed withdraws the address.
        #expect((record.counters["mobile.MPTcpExt.RmAddrTx"] ?? 0 > 0) == (mode == .informed))
        for end in ["mobile", "server"] {
            for messages in ["Icmp.InMsgs", "Icmp6.InMsgs"] { #expect(record.counters["\(end).\(messages)"] == nil) }
        }
    }

    @Test func `records what both ends report, with the path and when`() throws {
        var scene = Scene()
        scene.attachments[0] = Self.outage
        let (record, _, _) = try execute(scene)
        let reports = record.events.filter { $0.kind.hasPrefix("mptcp.") }
        let texts = reports.map { "\($0.kind.dropFirst(6)) \($0.path ?? "-") \($0.detail ?? "")" }
        #expect(
            texts == [
                "created wifi mobile", "created wifi server", "established wifi server", "established wifi mobile",
                "sub-established cellular mobile", "sub-established cellular server", "sub-closed wifi mobile",
                "removed - server, address 0", "sub-closed wifi server", "sub-established wifi mobile",
                "sub-established wifi server",
            ])
        // The withdrawal takes 30 ms over the other path, and a join takes one and a half round trips of 20 ms.
        func time(_ index: Int) -> Duration { reports[index].time }
        #expect(time(6) < .milliseconds(5001))
        #expect(time(7) - time(6) > .milliseconds(30) && time(7) - time(6) < .milliseconds(32))
        #expect(time(10) > .milliseconds(9030) && time(10) < .milliseconds(9035))
        #expect(record.counters["server.mptcp.reinjected_bytes"] != nil)
    }

    @Test func `that sees a path fading loses no data with it, and no more time than a round trip`() throws {
        var scene = Scene()
        scene.attachments[0] = Self.outage
        scene.mobility.warning = .seconds(1)
        // If the address were withdrawn, the kernel would send everything again that the other subflow holds.
        scene.mobility.mode = .linkDown
        let (record, series, handoffs) = try execute(scene)
        #expect(record.events.contains { $0.kind == "mptcp.sub-priority" && $0.path == "wifi" })
        // Less than a segment was dropped: only acknowledgements.
        #expect(record.links[0].droppedDetached.bytes < 1500)
        #expect(handoffs.map(\.kind) == [.lost, .gained])
        // Cellular now carries everything. It fills its queue, and recovers what that dropped within one round trip:
        // 60 ms, and 256 ms for 64 kB at 2 Mb/s.
        #expect(handoffs[0].longestGap <= .milliseconds(320))
        for second in 13..<16 { #expect(try bytes(series, "wifi", second..<second + 1) > 500_000) }
    }

    @Test func `goes on from another address of the same link`() throws {
        var scene = Scene()
        scene.addressChanges = [.seconds(5), .seconds(10)]
        let (record, series, handoffs) = try execute(scene)
        #expect(handoffs.map(\.kind) == [.renumbered, .renumbered])
        #expect(handoffs.allSatisfy { $0.firstByteOnNewPath ?? .seconds(9) < .milliseconds(600) })
        #expect(record.counters["mobile.MPTcpExt.RmAddrTx"] == 2)
        #expect(record.counters["server.MPTcpExt.MPJoinAckRx"] == 3)
        for second in [7, 8, 13, 14] { #expect(try bytes(series, "wifi", second..<second + 1) > 500_000) }
    }

    @Test func `resumes when its only path gets another address`() throws {
        var scene = Scene()
        scene.attachments[1] = [.init(time: .zero, attached: false)]
        scene.addressChanges = [.seconds(5)]
        let (record, series, _) = try execute(scene)
        #expect(record.events.count { $0.kind == "connected" } == 1)
        for second in 8..<15 { #expect(try bytes(series, "wifi", second..<second + 1) > 500_000) }
    }

    @Test(arguments: [[RunPlan.AddressFamily.ipv4, .ipv6], [.ipv6, .ipv4], [.both, .ipv6]])
    func `goes from one address family to the other and back`(families: [RunPlan.AddressFamily]) throws {
        var scene = Scene()
        scene.families = families
        scene.attachments[0] = Self.outage
        let (_, series, handoffs) = try execute(scene)
        #expect(try bytes(series, "cellular", 2..<4) > 250_000)
        #expect(try bytes(series, "cellular", 7..<9) > 250_000)
        #expect(handoffs[1].carriesAgain ?? .seconds(9) < .seconds(1))
        for second in 13..<16 { #expect(try bytes(series, "wifi", second..<second + 1) > 500_000) }
    }

    /// The kernel's path manager is told the server's address of the other family once and does not remember it
    /// (multipath-tcp/mptcp_net-next issue 612).
    @Test func `does not return to a path of another family than its first connection's`() throws {
        var scene = Scene()
        scene.families = [.ipv4, .ipv6]
        scene.attachments[1] = Self.outage
        let (record, series, handoffs) = try execute(scene)
        #expect(try bytes(series, "cellular", 2..<4) > 250_000)
        // The server does not use what the closed subflow still held.
        #expect(try bytes(series, "cellular", 12..<16) == 0)
        #expect(handoffs.map(\.kind) == [.lost, .gained])
        #expect(handoffs.last?.carriesAgain == nil)
        #expect(record.events.count { $0.kind == "mptcp.announced" && $0.detail?.hasPrefix("mobile") == true } == 1)
    }
}
