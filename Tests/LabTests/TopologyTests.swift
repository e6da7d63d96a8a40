// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Testing

@testable import Lab
@testable import Netlink

@Suite struct TopologyTests {
    private func topology(_ count: Int, _ family: RunPlan.AddressFamily = .both) throws -> Topology {
        try Topology(paths: (1...count).map { ("path\($0)", family, 1) })
    }

    @Test(arguments: 1...8) func `No two interfaces, addresses or numbers are the same`(count: Int) throws {
        let topology = try topology(count)
        let wires = topology.paths.flatMap { [$0.radio, $0.backhaul] } + [topology.trunk]
        let ends = wires.flatMap { [$0.near, $0.far] }
        #expect(Set(ends.map(\.interface.index)).count == ends.count)
        #expect(Set(ends.map(\.interface.mac)).count == ends.count)
        let addresses = ends.flatMap(\.addresses)
        #expect(Set(addresses).count == ends.count * 2)
        #expect(ends.allSatisfy { $0.interface.index > 1 })
    }

    @Test func `Addresses are as documented`() throws {
        let topology = try topology(2)
        let texts = { (end: Topology.End) in end.addresses.map(\.description) }
        #expect(texts(topology.paths[1].radio.near) == ["10.2.0.2", "fd00:2::2"])
        #expect(texts(topology.paths[1].radio.far) == ["10.2.0.1", "fd00:2::1"])
        #expect(texts(topology.paths[1].backhaul.far) == ["10.2.1.1", "fd00:2:1::1"])
        #expect(texts(topology.paths[1].backhaul.near) == ["10.2.1.2", "fd00:2:1::2"])
        #expect(texts(topology.trunk.near) == ["10.255.0.1", "fd00:255::1"])
        #expect(texts(topology.trunk.far) == ["10.255.0.2", "fd00:255::2"])
    }

    @Test func `Each subflow of a path has an address that no other has, whatever its path changes to`() throws {
        let topology = try Topology(
            paths: (1...8).map { ("path\($0)", .both, Topology.maximumSubflows) })
        let addresses = topology.paths.flatMap { path in
            (0...Topology.maximumAddressChanges).flatMap { path.mobileEnd(afterChanges: $0).addresses }
        }
        #expect(Set(addresses).count == 8 * 8 * Topology.maximumSubflows * 2)
        #expect(addresses.prefix(6).map(\.description).contains("10.1.0.22"))
        let routers = topology.paths.flatMap { $0.radio.far.addresses + $0.backhaul.near.addresses }
        #expect(Set(addresses).isDisjoint(with: routers))
    }

    @Test func `A path has the addresses of its family only`() throws {
        let topology = try topology(1, .ipv6)
        #expect(topology.paths[0].radio.near.addresses.map(\.family) == [.v6])
    }

    @Test func `Interfaces bear their paths' names as far as the kernel allows`() {
        #expect(
            Topology.interfaceNames(["wifi", "cellular", "a path/with:signs", "wifi", "lo", "Ünder", ""])
                == ["wifi", "cellular", "a-path-with-sig", "path-4", "path-5", "-nder", "path-7"])
    }

    @Test func `Long names that begin alike stay apart`() {
        let names = Topology.interfaceNames(["the-cellular-one-a", "the-cellular-one-b"])
        #expect(names == ["the-cellular-on", "path-2"])
    }

    @Test(arguments: [0, 9]) func `Too few or too many paths are refused`(count: Int) {
        let fault = #expect(throws: Fault.self) {
            try Topology(paths: (0..<count).map { ("path\($0)", .ipv4, 1) })
        }
        #expect(fault?.code == .badInput)
    }
}
