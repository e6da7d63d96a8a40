// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import KernelTier
import Plans
import Quantities
import Testing

@testable import Lab
@testable import Netlink

@Suite struct LabTests {
    static let mixes: [[RunPlan.AddressFamily]] = [
        [.ipv4], [.ipv6], [.both], [.ipv4, .ipv4], [.ipv6, .ipv6], [.both, .both], [.ipv4, .ipv6],
        [.ipv4, .both, .ipv6, .ipv4, .both], Array(repeating: .both, count: 8),
    ]

    @Test(.kernelTier, arguments: mixes) func `Every path carries packets at once, both ways and as itself`(
        families: [RunPlan.AddressFamily]
    ) throws {
        let rig = try LabRig(families)
        rig.start()
        let servers = [IPAddress.Family.v4: try rig.serverSocket(.v4), .v6: try rig.serverSocket(.v6)]
        for (path, family) in families.enumerated() {
            for family in family.all {
                let mobile = try rig.mobileSocket(path, family)
                let server = try #require(servers[family])
                let packet = [UInt8(path), family == .v4 ? 4 : 6]
                try mobile.send(packet, to: try rig.serverAddress(family), port: 7)
                try server.send(packet, to: try rig.mobileAddress(path, family), port: 7)
                #expect(server.receive(within: .milliseconds(100)) == packet)
                #expect(mobile.receive(within: .milliseconds(100)) == packet)
            }
        }
        // Each path's own links carried its packets, 30 bytes over IPv4 and 50 over IPv6, and nothing else.
        for (record, family) in zip(try rig.lab.linkRecords(), families.flatMap { [$0, $0] }) {
            #expect(record.packets == family.all.count, "\(record.path) \(record.direction)")
            #expect(record.arrived.bytes == family.all.reduce(0) { $0 + ($1 == .v4 ? 30 : 50) })
            #expect(record.queueDisciplineDrops == 0)
        }
    }

    @Test(.kernelTier) func `Nothing travels on an idle lab's links`() throws {
        let rig = try LabRig([.both, .both], endpoints: true)
        rig.start()
        sleep(50)
        #expect(try rig.lab.linkRecords().map(\.packets) == [0, 0, 0, 0])
        #expect(try rig.receivedControlMessages() == 0)
    }

    @Test(.kernelTier) func `No end receives ICMP while a path goes and comes under traffic`() throws {
        let rig = try LabRig([.both, .both])
        rig.start()
        let lab = rig.lab
        let families = IPAddress.Family.allCases
        let mobiles = try families.map { try rig.mobileSocket(0, $0) }
        let servers = try families.map { try rig.serverSocket($0) }
        func traffic() throws {
            for (index, family) in families.enumerated() {
                // This fails if the path has no address. The packet must not leave over the other path.
                try? mobiles[index].send([1], to: try rig.serverAddress(family), port: 7)
                try servers[index].send([2], to: try rig.mobileAddress(0, family), port: 7)
            }
            usleep(200_000)
        }
        try traffic()
        try lab.detachRadio(0)
        for _ in 0..<10 { try traffic() }
        try lab.leave(0)
        for _ in 0..<30 { try traffic() }
        try lab.attachRadio(0)
        for _ in 0..<10 { try traffic() }
        try lab.join(0)
        for _ in 0..<3 { try traffic() }
        #expect(try rig.receivedControlMessages() == 0)
        #expect(try rig.routersControlMessages() == 0)
        let records = try lab.linkRecords()
        #expect(records[0].droppedDetached.bytes > 0)
        #expect(records[2].packets == 0 && records[3].packets == 0, "packets left by the other path")
        for index in families.indices {
            while mobiles[index].receive(within: .zero) != nil {}
            try servers[index].send([3], to: try rig.mobileAddress(0, families[index]), port: 7)
            #expect(mobiles[index].receive(within: .milliseconds(100)) == [3])
        }
    }

    @Test(.kernelTier) func `A router without a route keeps silent`() throws {
        let rig = try LabRig([.both])
        let (four, six) = (try rig.mobileSocket(0, .v4), try rig.mobileSocket(0, .v6))
        for _ in 0..<5 {
            try four.send([1], to: "203.0.113.1", port: 7)
            try six.send([1], to: "2001:db8::1", port: 7)
            sleep(2)
        }
        let core = try rig.lab.core.run { try ProtocolCounters.read() }
        // This proves that the core had reason to complain.
        #expect((core["IpExt.InNoRoutes"] ?? 0) > 0)
        #expect(core["Ip6.InNoRoutes"] ?? 0 > 0)
        #expect(try rig.routersControlMessages() == 0)
        #expect(try rig.receivedControlMessages() == 0)
    }

    @Test(.kernelTier) func `Buffers are the plan's and not the memory's`() throws {
        let rig = try LabRig([.ipv4]) {
            $0.transport.receiveBuffer = ByteCount(1_234_567)
            $0.transport.sendBuffer = ByteCount(7_654_321)
        }
        for end in [rig.lab.mobile, rig.lab.server] {
            let names = ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_no_metrics_save"]
            let values = try end.run { try names.map { try SystemControl.value(of: $0) } }
            #expect(values == ["4096 1234567 1234567", "4096 16384 7654321", "1"])
        }
        #expect(rig.lab.sysctls["net.ipv4.tcp_rmem"] == "4096 1234567 1234567")
        #expect(rig.lab.sysctls["net.ipv4.tcp_mem"] == "262144 349525 524288")
        #expect(rig.lab.sysctls["net.mptcp.close_timeout"] != nil)
    }

    @Test(.kernelTier) func `Receive buffers begin with what the plan says`() throws {
        let rig = try LabRig([.ipv4]) { $0.transport.initialReceiveBuffer = ByteCount(131_072) }
        #expect(rig.lab.sysctls["net.ipv4.tcp_rmem"] == "4096 131072 6000000")
    }

    @Test(.kernelTier) func `Offloads are off on every end`() throws {
        let rig = try LabRig([.ipv4, .ipv4])
        let topology = rig.lab.topology
        var ends = [(rig.lab.server, topology.trunk.far), (rig.lab.core, topology.trunk.near)]
        for (index, path) in topology.paths.enumerated() {
            ends += [
                (rig.lab.mobile, path.radio.near), (rig.lab.access(index), path.radio.far),
                (rig.lab.access(index), path.backhaul.far), (rig.lab.core, path.backhaul.near),
            ]
        }
        for (namespace, end) in ends {
            let name = end.interface.name
            #expect(try namespace.run { try Offloads(asking: name).areActive(on: name) } == false, "\(name)")
        }
    }

    @Test(.kernelTier) func `What is bound to no address takes the initial path first`() throws {
        let rig = try LabRig([.ipv4, .ipv4]) { $0.transport.initialPath = "path2" }
        rig.start()
        let server = try rig.serverAddress(.v4)
        func send() throws {
            let socket = try rig.lab.mobile.run { try TestSocket(.datagram, on: "0.0.0.0") }
            try socket.send([1], to: server, port: 7)
        }
        try send()
        try rig.lab.detachRadio(1)
        try rig.lab.leave(1)
        try send()
        try rig.lab.attachRadio(1)
        try rig.lab.join(1)
        try send()
        let records = try rig.lab.linkRecords()
        #expect(records[1].packets == 1 && records[3].packets == 2)
    }

    @Test(.kernelTier) func `Labs of one process do not meet`() throws {
        let (one, two) = (try LabRig([.ipv4]), try LabRig([.ipv4]))
        one.start()
        two.start()
        let received = try two.serverSocket()
        try one.mobileSocket(0).send([1], to: try one.serverAddress(.v4), port: 7)
        #expect(received.receive(within: .seconds(1)) == nil)
        try two.mobileSocket(0).send([2], to: try two.serverAddress(.v4), port: 7)
        #expect(received.receive(within: .seconds(1)) == [2])
    }

    @Test(.kernelTier) func `Nothing of a lab outlives it`() throws {
        // One namespace is kept. Its interface goes when the namespace at the other end does.
        var rig = Optional(try LabRig([.ipv4]))
        let mobile = try #require(rig?.lab.mobile)
        #expect(try mobile.routing.interfaceIndex(of: "path1") > 0)
        rig = nil
        // A worker of the kernel dismantles namespaces.
        for _ in 0..<50 where (try? mobile.routing.interfaceIndex(of: "path1")) != nil { usleep(100_000) }
        #expect(throws: Fault.self) { try mobile.routing.interfaceIndex(of: "path1") }
        #expect(access("/run/netns/path1", F_OK) != 0)
    }

    @Test(.kernelTier) func `An address leads back to its path`() throws {
        let rig = try LabRig([.ipv4, .both])
        #expect(rig.lab.pathName(ofAddress: "10.1.0.2") == "path1")
        #expect(rig.lab.pathName(ofAddress: "::ffff:10.2.0.2") == "path2")
        #expect(rig.lab.pathName(ofAddress: "fd00:2:0:0::2") == "path2")
        #expect(rig.lab.pathName(ofAddress: "10.255.0.2") == nil)
        #expect(rig.lab.mobileAddress(of: 0) == "10.1.0.2")
        #expect(rig.lab.serverAddress(for: 0) == "10.255.0.2")
    }
}
