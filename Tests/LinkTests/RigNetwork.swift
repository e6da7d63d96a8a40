// SPDX-License-Identifier: Apache-2.0
import Glibc
import Netlink
import SystemPackage
import Testing

/// What a `Rig` runs on: three namespaces, two pairs of virtual interfaces, and `fq` where the shaper is.
final class RigNetwork {
    private static let pair = (
        entry: VirtualInterface(name: "in", index: 11, mac: MACAddress(local: 0, 0, 2)),
        exit: VirtualInterface(name: "out", index: 12, mac: MACAddress(local: 0, 0, 3))
    )
    private static let start = VirtualInterface(name: "start", index: 13, mac: MACAddress(local: 0, 0, 1))
    private static let end = VirtualInterface(name: "end", index: 14, mac: MACAddress(local: 0, 0, 4))
    private static let port: UInt16 = 9000

    /// The interfaces in `access` where packets come in and where they go out to the link, and the one in `far` where
    /// they arrive.
    static var entryIndex: Int32 { pair.entry.index }
    static var exitIndex: Int32 { pair.exit.index }
    static var endIndex: Int32 { end.index }

    let sender: Namespace
    let access: Namespace
    let far: Namespace
    private var queueHandle: UInt32 = 1

    init() throws {
        sender = try Namespace("sender")
        access = try Namespace("access")
        far = try Namespace("far")
        for namespace in [sender, access, far] {
            // Router solicitations of IPv6 would travel on the link next to the test's packets.
            try namespace.run { try SystemControl.set("net.ipv6.conf.default.disable_ipv6", to: "1") }
        }
        let (entry, exit) = Self.pair
        let (start, end) = (Self.start, Self.end)
        try access.routing.perform([
            .createPair(near: entry, far: start, farNamespace: sender.descriptor.rawValue),
            .createPair(near: exit, far: end, farNamespace: far.descriptor.rawValue),
            .addAddress(Self.net(1, 2), interface: entry.index), .addAddress(Self.net(2, 1), interface: exit.index),
            .setInterface(entry.name, index: entry.index, up: true),
            .setInterface(exit.name, index: exit.index, up: true),
            .addNeighbour(Self.host(2, 2), mac: end.mac, interface: exit.index),
            .addClassifier(interface: entry.index), .addClassifier(interface: exit.index),
            .replaceFairQueue(interface: exit.index, handle: queueHandle),
        ])
        try far.routing.perform([
            .addAddress(Self.net(2, 2), interface: end.index),
            .setInterface(end.name, index: end.index, up: true), .addClassifier(interface: end.index),
        ])
        try sender.routing.perform([
            .addAddress(Self.net(1, 1), interface: start.index),
            .setInterface(start.name, index: start.index, up: true),
            .addNeighbour(Self.host(1, 2), mac: entry.mac, interface: start.index),
            .addRoute(Route(.v4, via: Self.host(1, 2), interface: start.index)),
        ])
        try access.run { try SystemControl.set("net.ipv4.ip_forward", to: "1") }
        // There is no route back, because nothing may answer.
        try far.run { try SystemControl.set("net.ipv4.conf.all.rp_filter", to: "0") }
    }

    private static func host(_ network: UInt8, _ host: UInt8) -> IPAddress { IPAddress(v4: 10, 0, network, host) }

    private static func net(_ network: UInt8, _ host: UInt8) -> IPPrefix { IPPrefix(Self.host(network, host), 24) }

    /// Replaces the link's queue with an empty one.
    func emptyQueue() throws {
        queueHandle += 1
        try access.routing.perform([.replaceFairQueue(interface: Self.exitIndex, handle: queueHandle)])
    }

    /// Packets that the present queue itself dropped or sent too early.
    func queueViolations() throws -> Int64 {
        let replies = try access.routing.perform([.fairQueue(interface: Self.exitIndex, handle: queueHandle)])
        return try #require(replies.compactMap { FairQueueStatistics($0) }.first).violations
    }

    static func withFarAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: host(2, 2).bytes) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
