// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism
import Documents
import Glibc
import Quantities

/// A subscription to the kernel's events about the links, addresses and routes of one network namespace; it ends with
/// this object.
package final class RoutingEvents {
    /// A link as it is now.
    package struct Link: Hashable, Sendable {
        package let index: Int32
        package let name: String
        /// The ARP hardware type: 1 is Ethernet, which WiFi also looks like to its host.
        package let hardwareType: UInt16
        /// Whether the interface has been set up (IFF_UP).
        package let isUp: Bool
        /// Whether the link can carry packets: it is up, and its radio is associated or its cable plugged in.
        package let hasCarrier: Bool
        /// The largest IP packet.
        package let mtu: ByteCount
    }

    package enum Event: Hashable, Sendable {
        case link(Link)
        case linkGone(index: Int32, name: String)
        case address(IPPrefix, interface: Int32, isThere: Bool)
        /// A route of the main table. `destination` is nil for a default route.
        case route(
            destination: IPPrefix?, family: IPAddress.Family, gateway: IPAddress?, interface: Int32?, metric: UInt32,
            isThere: Bool)
        /// There were more events than the kernel could queue: the state must be read again.
        case overflow
    }

    private let handle: OpaquePointer

    /// Subscribes to the events of the calling thread's network namespace.
    package init() throws {
        guard let handle = nl_socket_alloc() else {
            throw Fault(.failed, "cannot open a netlink socket: out of memory")
        }
        self.handle = handle
        try Self.check(nl_connect(handle, NETLINK_ROUTE), "open a netlink socket")
        let groups = [
            RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
        ]
        for group in groups {
            try Self.check(nl_socket_add_membership(handle, Int32(group.rawValue)), "listen for changes of links")
        }
        try Self.check(nl_socket_set_nonblocking(handle), "listen for changes of links")
    }

    deinit {
        nl_socket_free(handle)
    }

    private static func check(_ error: Int32, _ operation: String) throws {
        if error < 0 { throw Fault(.failed, "cannot \(operation): \(String(cString: nl_geterror(error)))") }
    }

    /// Becomes readable when something has happened.
    package var descriptor: Int32 { nl_socket_get_fd(handle) }

    /// All events since the last call, in order.
    package func drain() -> [Event] {
        var events: [Event] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, walkback_do_not_wait())
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == ENOBUFS {
                events.append(.overflow)
                continue
            }
            guard count > 0 else { return events }
            buffer.withUnsafeBytes { bytes in
                NetlinkSocket.forEachMessage(in: UnsafeRawBufferPointer(rebasing: bytes.prefix(count))) {
                    if let event = Event(type: Int($0.nlmsg_type), $1) { events.append(event) }
                }
            }
        }
    }

    /// How many packets each interface of the calling thread's network namespace has itself dropped, by interface
    /// number.
    package static func drops() throws -> [Int32: UInt64] {
        let socket = try NetlinkSocket(protocolNumber: NETLINK_ROUTE)
        let replies = try socket.perform([.dump("read the links", type: Int(RTM_GETLINK), header: ifinfomsg())])
        var drops: [Int32: UInt64] = [:]
        for reply in replies where reply.payload.count >= MemoryLayout<ifinfomsg>.size {
            let index = reply.payload.withUnsafeBytes { $0.loadUnaligned(as: ifinfomsg.self).ifi_index }
            let attributes = Attributes(reply.payload, after: MemoryLayout<ifinfomsg>.size)
            // struct rtnl_link_stats64 grows at its end; these are its fields rx_dropped and rx_missed_errors.
            drops[index] = [6, 15].reduce(0) { sum, field in
                sum + (attributes.value(Int(IFLA_STATS64), as: UInt64.self, at: field * 8) ?? 0)
            }
        }
        return drops
    }

    /// All links, addresses and routes of the calling thread's network namespace as they are now.
    package static func present() throws -> [Event] {
        let socket = try NetlinkSocket(protocolNumber: NETLINK_ROUTE)
        let requests = [
            Request.dump("read the links", type: Int(RTM_GETLINK), header: ifinfomsg()),
            Request.dump("read the addresses", type: Int(RTM_GETADDR), header: ifaddrmsg()),
            Request.dump("read the routes", type: Int(RTM_GETROUTE), header: rtmsg()),
        ]
        // The kernel answers only one such question at a time.
        return try requests.flatMap { try socket.perform([$0]) }.compactMap { reply in
            reply.payload.withUnsafeBytes { Event(type: reply.type, $0) }
        }
    }
}

extension Request {
    fileprivate static func dump<Header: BitwiseCopyable>(_ operation: String, type: Int, header: Header) -> Request {
        Request(operation, type: type, flags: Int32(NLM_F_ROOT | NLM_F_MATCH), header: header)
    }
}

extension RoutingEvents.Event {
    /// - Parameter payload: what follows the netlink header; the result is nil if it is none of these events.
    init?(type: Int, _ payload: UnsafeRawBufferPointer) {
        func attributes(after size: Int) -> Attributes {
            Attributes(UnsafeRawBufferPointer(rebasing: payload.dropFirst(size)))
        }
        switch type {
        case Int(RTM_NEWLINK), Int(RTM_DELLINK):
            guard payload.count >= MemoryLayout<ifinfomsg>.size else { return nil }
            let header = payload.loadUnaligned(as: ifinfomsg.self)
            let attributes = attributes(after: MemoryLayout<ifinfomsg>.size)
            guard header.ifi_family == UInt8(AF_UNSPEC), let name = attributes.text(Int(IFLA_IFNAME)) else {
                return nil
            }
            guard type == Int(RTM_NEWLINK) else {
                self = .linkGone(index: header.ifi_index, name: name)
                return
            }
            let flags = Int(header.ifi_flags)
            self = .link(
                RoutingEvents.Link(
                    index: header.ifi_index, name: name, hardwareType: header.ifi_type, isUp: flags & Int(IFF_UP) != 0,
                    hasCarrier: flags & Int(IFF_UP) != 0 && flags & Int(IFF_RUNNING) != 0,
                    mtu: ByteCount(Int64(attributes.value(Int(IFLA_MTU), as: UInt32.self) ?? 1500))))
        case Int(RTM_NEWADDR), Int(RTM_DELADDR):
            guard payload.count >= MemoryLayout<ifaddrmsg>.size else { return nil }
            let header = payload.loadUnaligned(as: ifaddrmsg.self)
            let attributes = attributes(after: MemoryLayout<ifaddrmsg>.size)
            // On a point-to-point link, ADDRESS is the peer's address.
            guard
                let address = (attributes[Int(IFA_LOCAL)] ?? attributes[Int(IFA_ADDRESS)]).flatMap({
                    IPAddress(bytes: $0)
                })
            else { return nil }
            self = .address(
                IPPrefix(address, header.ifa_prefixlen), interface: Int32(header.ifa_index),
                isThere: type == Int(RTM_NEWADDR))
        case Int(RTM_NEWROUTE), Int(RTM_DELROUTE):
            guard payload.count >= MemoryLayout<rtmsg>.size else { return nil }
            let header = payload.loadUnaligned(as: rtmsg.self)
            let attributes = attributes(after: MemoryLayout<rtmsg>.size)
            let table = attributes.value(Int(RTA_TABLE.rawValue), as: UInt32.self) ?? UInt32(header.rtm_table)
            guard table == RT_TABLE_MAIN.rawValue, Int(header.rtm_type) == RTN_UNICAST,
                header.rtm_flags & UInt32(RTM_F_CLONED) == 0,
                Int32(header.rtm_family) == AF_INET || Int32(header.rtm_family) == AF_INET6
            else { return nil }
            let destination = attributes[Int(RTA_DST.rawValue)].flatMap { IPAddress(bytes: $0) }
            self = .route(
                destination: header.rtm_dst_len == 0 ? nil : destination.map { IPPrefix($0, header.rtm_dst_len) },
                family: Int32(header.rtm_family) == AF_INET ? .v4 : .v6,
                gateway: attributes[Int(RTA_GATEWAY.rawValue)].flatMap { IPAddress(bytes: $0) },
                interface: attributes.value(Int(RTA_OIF.rawValue), as: Int32.self),
                metric: attributes.value(Int(RTA_PRIORITY.rawValue), as: UInt32.self) ?? 0,
                isThere: type == Int(RTM_NEWROUTE))
        default:
            return nil
        }
    }
}
