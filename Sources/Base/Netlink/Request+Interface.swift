// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Determinism
import Glibc

/// One end of a pair of virtual Ethernet interfaces.
package struct VirtualInterface: Hashable, Sendable {
    /// At most 15 bytes.
    package let name: String
    /// The interface number. We choose it, so that nothing need be looked up. The two ends must differ: if the peer of
    /// an interface has the same number, the kernel takes the interface for one without a peer, and then notices a
    /// carrier up to a second late.
    package let index: Int32
    package let mac: MACAddress

    package init(name: String, index: Int32, mac: MACAddress) {
        self.name = name
        self.index = index
        self.mac = mac
    }
}

extension Request {
    private static func interfaceHeader(_ index: Int32, flags: Int32 = 0, mask: Int32 = 0) -> ifinfomsg {
        ifinfomsg(
            ifi_family: UInt8(AF_UNSPEC), __ifi_pad: 0, ifi_type: 0, ifi_index: index, ifi_flags: UInt32(flags),
            ifi_change: UInt32(mask))
    }

    /// Creates a pair: `near` in the socket's namespace, `far` in the one that `farNamespace` refers to. Both are down.
    ///
    /// Neither end resolves neighbours nor joins multicast groups (NOARP, no MULTICAST). All neighbours are known, and
    /// neighbour discovery, group reports and the effects of their failures would travel on the links that are
    /// measured.
    package static func createPair(
        near: VirtualInterface, far: VirtualInterface, farNamespace: Int32, mtu: UInt32 = 1500
    ) -> Request {
        let (flags, mask) = (Int32(IFF_NOARP), Int32(IFF_NOARP | IFF_MULTICAST))
        func end(_ interface: VirtualInterface, _ request: Request) {
            request.put(Int(IFLA_IFNAME), text: interface.name)
            interface.mac.bytes.withUnsafeBytes { request.put(Int(IFLA_ADDRESS), bytes: $0) }
            request.put(Int(IFLA_MTU), mtu)
        }
        return Request(
            "create the interface '\(near.name)'", type: Int(RTM_NEWLINK), flags: NLM_F_CREATE | NLM_F_EXCL,
            header: interfaceHeader(near.index, flags: flags, mask: mask), feature: .veth
        ) { request in
            end(near, request)
            request.nest(Int(IFLA_LINKINFO)) {
                request.put(Int(IFLA_INFO_KIND), text: "veth")
                request.nest(Int(IFLA_INFO_DATA)) {
                    request.nest(Int(VETH_INFO_PEER)) {
                        request.append(interfaceHeader(far.index, flags: flags, mask: mask))
                        end(far, request)
                        request.put(Int(IFLA_NET_NS_FD), UInt32(bitPattern: farNamespace))
                    }
                }
            }
        }
    }

    package static func setInterface(_ name: String, index: Int32, up: Bool) -> Request {
        let flag = Int32(IFF_UP)
        return Request(
            "take the interface '\(name)' \(up ? "up" : "down")", type: Int(RTM_NEWLINK),
            header: interfaceHeader(index, flags: up ? flag : 0, mask: flag))
    }

    package static func deleteInterface(_ name: String, index: Int32) -> Request {
        Request("delete the interface '\(name)'", type: Int(RTM_DELLINK), header: interfaceHeader(index))
    }

    static func interface(named name: String) -> Request {
        Request("find the interface '\(name)'", type: Int(RTM_GETLINK), header: interfaceHeader(0)) {
            $0.put(Int(IFLA_IFNAME), text: name)
        }
    }
}

extension NetlinkSocket {
    /// The number of an interface of the socket's namespace.
    ///
    /// - Throws: `Fault` that names the interface if it does not exist.
    package func interfaceIndex(of name: String) throws -> Int32 {
        let replies = try perform([.interface(named: name)])
        let index = replies.first.flatMap { reply in
            reply.payload.count < MemoryLayout<ifinfomsg>.size
                ? nil : reply.payload.withUnsafeBytes { $0.loadUnaligned(as: ifinfomsg.self).ifi_index }
        }
        return index ?? 0
    }
}
