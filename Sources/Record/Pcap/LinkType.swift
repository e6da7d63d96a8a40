// SPDX-License-Identifier: Apache-2.0
/// The type of a captured packet's link header: a number from the registry that pcap and pcapng share
/// (https://www.tcpdump.org/linktypes.html).
package struct LinkType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// BSD loopback: the address family in the byte order of the capturing machine.
    package static let null = LinkType(rawValue: 0)
    package static let ethernet = LinkType(rawValue: 1)
    package static let ppp = LinkType(rawValue: 9)
    /// Raw IP as some systems number it; `raw` is the number in the registry.
    package static let rawBSD = LinkType(rawValue: 12)
    package static let rawOpenBSD = LinkType(rawValue: 14)
    package static let pppSerial = LinkType(rawValue: 50)
    package static let raw = LinkType(rawValue: 101)
    package static let ieee80211 = LinkType(rawValue: 105)
    /// OpenBSD loopback: the address family in network byte order.
    package static let loop = LinkType(rawValue: 108)
    /// Linux cooked capture, version 1.
    package static let linuxCooked = LinkType(rawValue: 113)
    package static let ieee80211Radiotap = LinkType(rawValue: 127)
    package static let pppDirectional = LinkType(rawValue: 204)
    package static let ipv4 = LinkType(rawValue: 228)
    package static let ipv6 = LinkType(rawValue: 229)
    /// Linux cooked capture, version 2, as used by the pseudo-interface `any`.
    package static let linuxCooked2 = LinkType(rawValue: 276)

    private static let names: [UInt16: String] = [
        0: "null", 1: "ethernet", 6: "token-ring", 9: "ppp", 12: "raw", 14: "raw", 50: "ppp-serial", 51: "pppoe",
        101: "raw", 105: "802.11", 107: "frame-relay", 108: "loop", 113: "linux-cooked", 119: "802.11-prism",
        127: "802.11-radiotap", 147: "user0", 163: "802.11-avs", 187: "bluetooth-h4", 189: "usb-linux",
        192: "ppi", 195: "802.15.4", 204: "ppp-with-direction", 220: "usb-linux-mmapped", 228: "ipv4", 229: "ipv6",
        239: "nflog", 253: "netlink", 276: "linux-cooked-2",
    ]

    /// The short name shown in tables and JSON; `link-N` if the type has no name here.
    package var name: String { Self.names[rawValue] ?? "link-\(rawValue)" }
}
