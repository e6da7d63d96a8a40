// SPDX-License-Identifier: Apache-2.0
import Glibc
import KernelTier
import SystemPackage
import Testing

@testable import Netlink

/// Two namespaces and a wire between them: 10.9.0.1 – 10.9.0.2 and fd09::1 – fd09::2.
struct Pair {
    let near: Namespace
    let far: Namespace
    let nearEnd = VirtualInterface(name: "near", index: 10, mac: MACAddress(local: 9, 0, 1))
    let farEnd = VirtualInterface(name: "far", index: 11, mac: MACAddress(local: 9, 0, 2))
    let nearAddresses = [IPAddress(v4: 10, 9, 0, 1), IPAddress(v6: [0xfd09], host: 1)]
    let farAddresses = [IPAddress(v4: 10, 9, 0, 2), IPAddress(v6: [0xfd09], host: 2)]

    init(mtu: UInt32 = 1500) throws {
        near = try Namespace("the near")
        far = try Namespace("the far")
        try near.routing.perform([
            .createPair(near: nearEnd, far: farEnd, farNamespace: far.descriptor.rawValue, mtu: mtu)
        ])
        try Self.bringUp(near, nearEnd, nearAddresses, farEnd, farAddresses)
        try Self.bringUp(far, farEnd, farAddresses, nearEnd, nearAddresses)
        // A worker of the kernel tells the end that came up first about its carrier; give it time to run.
        usleep(1000)
    }

    private static func bringUp(
        _ namespace: Namespace, _ end: VirtualInterface, _ addresses: [IPAddress], _ peer: VirtualInterface,
        _ peerAddresses: [IPAddress]
    ) throws {
        try namespace.routing.perform(
            [.setInterface(end.name, index: end.index, up: true)]
                + addresses.map { .addAddress(IPPrefix($0, $0.family == .v4 ? 24 : 64), interface: end.index) }
                + peerAddresses.map { .addNeighbour($0, mac: peer.mac, interface: end.index) })
    }

    func disableOffloads() throws {
        try near.run { try Offloads(asking: "near").disable(on: ["near"]) }
        try far.run { try Offloads(asking: "far").disable(on: ["far"]) }
    }
}
