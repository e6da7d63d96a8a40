// SPDX-License-Identifier: Apache-2.0
import Documents
import KernelTier
import Quantities
import Testing

@testable import Netlink

@Suite struct NamespaceTests {
    @Test(.kernelTier)
    func `Inside is another place, and the thread comes back, also from within another and by an error`() throws {
        struct Stop: Error {}
        let pair = try Pair()
        func interface(_ name: String) -> Bool {
            (try? NetlinkSocket(protocolNumber: 0).interfaceIndex(of: name)) != nil
        }
        #expect(!interface("near"))
        try pair.near.run {
            #expect(interface("near"))
            try pair.far.run { #expect(interface("far") && !interface("near")) }
            #expect(throws: Stop.self) { try pair.far.run { throw Stop() } }
            #expect(interface("near"))
        }
        #expect(!interface("near"))
    }

    @Test(.kernelTier) func `Packets pass at once in both directions, over IPv4 and IPv6`() throws {
        let pair = try Pair()
        for (near, far) in zip(pair.nearAddresses, pair.farAddresses) {
            let one = try pair.near.run { try TestSocket(.datagram, on: near.description, port: 7) }
            let two = try pair.far.run { try TestSocket(.datagram, on: far.description, port: 7) }
            try one.send([1], to: far.description, port: 7)
            try two.send([2], to: near.description, port: 7)
            #expect(two.receive(within: .seconds(1)) == [1])
            #expect(one.receive(within: .seconds(1)) == [2])
        }
    }

    @Test(.kernelTier) func `Interfaces are found by name, and a missing one is named`() throws {
        let pair = try Pair()
        #expect(try pair.far.routing.interfaceIndex(of: "far") == 11)
        let fault = #expect(throws: Fault.self) { try pair.far.routing.interfaceIndex(of: "near") }
        #expect(fault?.message.contains("'near'") == true)
    }

    @Test(.kernelTier) func `A refusal gives the kernel's own words, and what follows it is done`() throws {
        let pair = try Pair()
        let unreachable = Route(.v4, via: IPAddress(v4: 192, 0, 2, 1), interface: 10)
        let good = Route(.v4, via: IPAddress(v4: 10, 9, 0, 2), interface: 10)
        let fault = #expect(throws: Fault.self) {
            try pair.near.routing.perform([.addRoute(unreachable), .addRoute(good)])
        }
        #expect(
            fault?.message
                == "cannot add the route to everywhere via 192.0.2.1: Nexthop has invalid gateway (Network is "
                + "unreachable)"
        )
        try pair.near.routing.perform([.deleteRoute(good)])
    }

    @Test(.kernelTier) func `Addresses, routes, rules and interfaces go as they came`() throws {
        let pair = try Pair()
        for (near, far) in zip(pair.nearAddresses, pair.farAddresses) {
            let route = Route(near.family, via: far, interface: 10, source: near, table: 300, metric: 7)
            try pair.near.routing.perform([
                .addRoute(route), .addRule(from: near, table: 300, priority: 50),
                .addRule(from: near, table: nil, priority: 60), .deleteRoute(route),
                .deleteAddress(IPPrefix(near, near.family == .v4 ? 24 : 64), interface: 10),
            ])
            #expect(throws: TestSocket.Failure.self) {
                try pair.near.run { try TestSocket(.datagram, on: near.description) }
            }
        }
        try pair.near.routing.perform([.deleteInterface("near", index: 10)])
        #expect(throws: Fault.self) { try pair.far.routing.interfaceIndex(of: "far") }
    }

    @Test(.kernelTier)
    func `Settings are those of the namespace, and a value that the kernel does not keep is an error`() throws {
        let (one, two) = (try Namespace("one"), try Namespace("two"))
        try one.run { try SystemControl.set("net.ipv4.tcp_rmem", to: "4096 131072 777777") }
        #expect(try one.run { try SystemControl.value(of: "net.ipv4.tcp_rmem") } == "4096 131072 777777")
        #expect(try two.run { try SystemControl.value(of: "net.ipv4.tcp_rmem") } != "4096 131072 777777")
        #expect(try one.run { try SystemControl.value(of: "net.ipv4.no_such_thing") } == nil)
        let fault = #expect(throws: Fault.self) {
            try one.run { try SystemControl.set("net.ipv4.tcp_retries2", to: "lots") }
        }
        #expect(fault?.message == "cannot set net.ipv4.tcp_retries2 to 'lots': Invalid argument")
        let missing = #expect(throws: Fault.self) { try SystemControl.set("net.ipv4.no_such_thing", to: "1") }
        #expect(missing?.code == .missingFeature)
    }

    @Test(.kernelTier) func `Counters are those of the namespace`() throws {
        let pair = try Pair()
        let socket = try pair.near.run { try TestSocket(.datagram, on: "10.9.0.1") }
        try socket.send([1], to: "10.9.0.2", port: 9)
        let near = try pair.near.run { try ProtocolCounters.read() }
        let far = try pair.far.run { try ProtocolCounters.read() }
        #expect(near["Udp.OutDatagrams"] == 1)
        #expect(far["Udp.OutDatagrams"] == 0)
        #expect(far["Udp.NoPorts"] == 1)
        #expect(far["Icmp.OutDestUnreachs"] == 1)
    }

    @Test(.kernelTier, arguments: [false, true]) func `No packet is larger than the wire once offloads are off`(
        disabled: Bool
    ) throws {
        let pair = try Pair()
        if disabled { try pair.disableOffloads() }
        #expect(try pair.near.run { try Offloads(asking: "near").areActive(on: "near") } == !disabled)
        let tap = try pair.far.run { try PacketTap(interfaceIndex: 11) }
        // One buffer, which the kernel cuts into ten datagrams: SOL_UDP, UDP_SEGMENT.
        let datagrams = try pair.near.run { try TestSocket(.datagram, on: "10.9.0.1") }
        try datagrams.setOption(17, 103, 1000)
        try datagrams.send([UInt8](repeating: 1, count: 10_000), to: "10.9.0.2", port: 9)
        let afterDatagrams = tap.packets(untilQuietFor: .milliseconds(100)).map(\.count).max() ?? 0

        let listener = try pair.far.run { try TestSocket(.stream, on: "10.9.0.2", port: 80) }
        let client = try pair.near.run { try TestSocket(.stream, on: "10.9.0.1", connectingTo: ("10.9.0.2", 80)) }
        let accepted = try listener.accepted()
        var read = 0
        for _ in 0..<8 {
            _ = try client.send([UInt8](repeating: 2, count: 200_000))
            while let bytes = accepted.receive(within: .milliseconds(10)) { read += bytes.count }
        }
        #expect(read > 100_000)
        let largest = tap.packets(untilQuietFor: .milliseconds(100)).map(\.count).max() ?? 0
        // The other case proves that this test can see a packet that is too large.
        #expect((largest <= 1514) == disabled)
        #expect((afterDatagrams <= 1514) == disabled)
    }
}
