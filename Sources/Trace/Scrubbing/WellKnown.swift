// SPDX-License-Identifier: Apache-2.0
import Pcap

/// The addresses and prefixes that name no person and no device, because a standard gives them their meaning. They
/// stay as they are, and no pseudonym is one of them unless its original is.
///
/// This is a list of what is known, not of what looks harmless: a multicast group that is not here gets a pseudonym,
/// since many groups are made from somebody's address (solicited-node groups, RFC 4291; groups of a network's own
/// prefix, RFC 3306 and 6034).
enum WellKnown {
    /// The first `length` bits of `address` stay.
    struct Prefix {
        var address: InternetAddress
        var length: Int
    }

    static let v4: [Prefix] =
        [
            // Unspecified, this host, and everybody on this network.
            Prefix(address: InternetAddress(v4: 0), length: 32),
            Prefix(address: InternetAddress(v4: 0x7f00_0001), length: 32),
            Prefix(address: InternetAddress(v4: 0xffff_ffff), length: 32),
            Prefix(address: InternetAddress(v4: 0x7f00_0000), length: 8),
            // Link-local: derivation does not count such an address as attached.
            Prefix(address: InternetAddress(v4: 0xa9fe_0000), length: 16),
        ] + groupsV4.map { Prefix(address: InternetAddress(v4: 0xe000_0000 | $0), length: 32) }

    static let v6: [Prefix] =
        [
            Prefix(address: InternetAddress(v6: 0, 0), length: 128),
            Prefix(address: InternetAddress(v6: 0, 1), length: 128),
            Prefix(address: InternetAddress(v6: 0xfe80 << 48, 0), length: 64),
        ]
        // Scopes: interface, link and site.
        + [1, 2, 5].flatMap { (scope: UInt64) in
            groupsV6.map { Prefix(address: InternetAddress(v6: (0xff00 | scope) << 48, $0), length: 128) }
        }

    /// IANA's IPv4 groups of the local network: all hosts, all routers, OSPF, RIP, PIM, IGMP, mDNS, LLMNR.
    private static let groupsV4: [UInt32] = [1, 2, 5, 6, 9, 13, 22, 251, 252]
    /// The same for IPv6: all nodes, all routers, OSPF, RIP, SSDP, PIM, MLD, mDNS, DHCP, LLMNR.
    private static let groupsV6: [UInt64] = [1, 2, 5, 6, 9, 0xc, 0xd, 0x16, 0xfb, 0x1_0002, 0x1_0003]

    /// Whether a station's address is nobody's: none, everybody's, a bridge protocol's, or that of a group above.
    static func isStation(_ address: [UInt8]) -> Bool {
        if address.allSatisfy({ $0 == 0 }) || address.allSatisfy({ $0 == 0xff }) { return true }
        guard address.count == 6 else { return false }
        let number = address.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // 802.1D's block of sixteen.
        if number >> 4 == 0x0180_c200_000 { return true }
        if number >> 24 == 0x01005e { return groupsV4.contains(UInt32(truncatingIfNeeded: number & 0xff_ffff)) }
        return number >> 32 == 0x3333 && groupsV6.contains(number & 0xffff_ffff)
    }
}
