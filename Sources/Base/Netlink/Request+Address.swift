// SPDX-License-Identifier: Apache-2.0
import CNetlink
import Glibc

extension Request {
    private static func addressHeader(_ prefix: IPPrefix, _ interface: Int32) -> ifaddrmsg {
        ifaddrmsg(
            ifa_family: UInt8(prefix.address.familyNumber), ifa_prefixlen: prefix.length, ifa_flags: 0, ifa_scope: 0,
            ifa_index: UInt32(interface))
    }

    /// Adds an address that is usable at once: without duplicate address detection it is never tentative.
    package static func addAddress(_ prefix: IPPrefix, interface: Int32) -> Request {
        Request(
            "add the address \(prefix)", type: Int(RTM_NEWADDR), flags: NLM_F_CREATE | NLM_F_EXCL,
            header: addressHeader(prefix, interface)
        ) { request in
            request.put(Int(IFA_LOCAL), prefix.address)
            request.put(Int(IFA_ADDRESS), prefix.address)
            // IPv4 has no such flag, but does not refuse it.
            request.put(Int(IFA_FLAGS), UInt32(IFA_F_NODAD))
        }
    }

    package static func deleteAddress(_ prefix: IPPrefix, interface: Int32) -> Request {
        Request(
            "delete the address \(prefix)", type: Int(RTM_DELADDR), header: addressHeader(prefix, interface)
        ) { request in
            request.put(Int(IFA_LOCAL), prefix.address)
            request.put(Int(IFA_ADDRESS), prefix.address)
        }
    }

    /// Adds a permanent neighbour entry.
    package static func addNeighbour(_ address: IPAddress, mac: MACAddress, interface: Int32) -> Request {
        let header = ndmsg(
            ndm_family: UInt8(address.familyNumber), ndm_pad1: 0, ndm_pad2: 0, ndm_ifindex: interface,
            ndm_state: UInt16(NUD_PERMANENT), ndm_flags: 0, ndm_type: 0)
        return Request(
            "add the neighbour \(address)", type: Int(RTM_NEWNEIGH), flags: NLM_F_CREATE | NLM_F_REPLACE,
            header: header
        ) { request in
            request.put(Int(NDA_DST), address)
            mac.bytes.withUnsafeBytes { request.put(Int(NDA_LLADDR), bytes: $0) }
        }
    }
}
