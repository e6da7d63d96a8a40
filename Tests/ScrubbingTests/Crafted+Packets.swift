// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat

extension Crafted {
    static let packets = links + wireless + internet + embedded + transport + multipath + payloads + others

    private static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]

    private static let links = [
        Crafted("Ethernet addresses", .ethernet) { $0.station() + $0.station() + [8, 0] + ipv4(6, tcp()) },
        Crafted("an Ethernet group's address", .ethernet) {
            // IPv6's group of all that end like an address.
            let asked = $0.v6()
            return [0x33, 0x33, 0xff] + asked.suffix(3) + $0.station() + [0x86, 0xdd] + ipv6(6, tcp())
        },
        Crafted("behind an Ethernet frame's packet", .ethernet) {
            ethernet([8, 0], ipv4(6, tcp()) + $0.v4() + $0.v6() + $0.station())
        },
        Crafted("the address of a cooked capture", .linuxCooked) {
            [0, 4, 0, 1, 0, 6] + $0.station() + [0, 0, 8, 0] + ipv4(6, tcp())
        },
        Crafted("a tunnel's address in a cooked capture", .linuxCooked) {
            [0, 4, 3, 0, 0, 4] + $0.v4() + $0.v4() + [8, 0] + ipv4(6, tcp())
        },
        Crafted("a long address in a cooked capture", .linuxCooked) {
            [0, 4, 3, 1, 0, 8] + $0.v6().prefix(8) + [8, 0] + ipv4(6, tcp())
        },
        Crafted("types of a cooked capture", .linuxCooked) {
            let types = $0.v4()
            return types + [0, 6] + Sample.zeros(8) + [8, 0] + ipv4(6, tcp())
        },
        Crafted("the address and interface of a cooked capture, version 2", .linuxCooked2) {
            [8, 0, 0, 0] + $0.v4() + [0, 1, 4, 6] + $0.station() + [0, 0] + ipv4(6, tcp())
        },
        Crafted("PPPoE", .ethernet) {
            // Version, code, session and length.
            let head = $0.station()
            return ethernet([0x88, 0x64], head + [0, 0x21] + ipv4(6, tcp()))
        },
        Crafted("two tags", .ethernet) {
            let tags = $0.v4()
            return ethernet([0x88, 0xa8], tags[0..<2] + [0x81, 0] + tags[2...] + [8, 0] + ipv4(6, tcp()))
                + tags
        },
    ]

    private static let wireless = [
        Crafted("802.11 addresses", .ieee80211) {
            [8, 1, 0, 0] + $0.station() + $0.station() + $0.station() + [0x10, 0] + snap + ipv4(6, tcp())
        },
        Crafted("802.11's fourth address, and a longer header", .ieee80211) {
            [0x88, 0x83, 0, 0] + $0.station() + $0.station() + $0.station() + [0x10, 0] + $0.station() + [0, 0]
                + $0.v4() + snap + ipv4(6, tcp())
        },
        Crafted("frames of an aggregate", .ieee80211) {
            let packet = snap + ipv4(6, tcp(), source: $0.v4())
            let size = UInt8(packet.count)
            let first =
                $0.station() + $0.station() + [0, size] + packet + Sample.zeros((4 - (14 + packet.count) % 4) % 4)
            let second = $0.station() + $0.station() + [0, size] + snap + ipv4(6, tcp(), source: $0.v4())
            return [0x88, 1, 0, 0] + $0.station() + $0.station() + $0.station() + [0x10, 0, 0x80, 0] + first + second
        },
        Crafted("radiotap", .ieee80211Radiotap) {
            let fields = $0.station() + $0.v4() + $0.v6()
            return [0, 0, UInt8(8 + fields.count), 0, 0, 0, 0, 0x40] + fields + [8, 1, 0, 0] + $0.station()
                + $0.station() + $0.station() + [0x10, 0] + snap + ipv4(6, tcp())
        },
        Crafted("radiotap that says that there is padding", .ieee80211Radiotap) {
            let fields = $0.station()
            return [0, 0, 15, 0, 2, 0, 0, 0, 0x20] + fields + [0x88, 1, 0, 0] + $0.station() + $0.station()
                + $0.station() + [0x10, 0, 0, 0, 0, 0] + snap + ipv4(6, tcp())
        },
        Crafted("a beacon", .ieee80211) {
            [0x80, 0, 0, 0] + Sample.zeros(6) + $0.station() + $0.station() + $0.v4() + Array("name of a network".utf8)
        },
        Crafted("an encrypted frame", .ieee80211) {
            [8, 0x41, 0, 0] + $0.station() + $0.station() + $0.station() + [0x10, 0] + $0.v6()
        },
    ]

    private static let internet = [
        Crafted("IPv4 addresses") { ipv4(6, tcp(), source: $0.v4(), destination: $0.v4()) },
        Crafted("IPv4 options") {
            let route = [7, 11, 12] + $0.v4() + $0.v4() + [0]
            return ipv4(6, tcp(), options: route)
        },
        Crafted("IPv4 fragments") {
            var packet = ipv4(6, $0.v4() + $0.v6())
            packet[7] = 9
            return packet
        },
        Crafted("IPv6 addresses") { ipv6(6, tcp(), source: $0.v6(), destination: $0.v6()) },
        Crafted("IPv6 extensions") {
            let hops = [60, 2, 5, 20] + $0.v6() + $0.v4()
            let home = [43, 2, 201, 16] + $0.v6() + $0.v4()
            let routing = [51, 2, 2, 1, 0, 0, 0, 0] + $0.v6()
            let code = [6, 4, 0, 0] + $0.v4() + $0.v4() + $0.v4() + $0.v4() + $0.v4()
            return ipv6(0, hops + home + routing + code + tcp())
        },
        Crafted("the identification of an IPv6 fragment") { ipv6(44, [6, 0, 0, 1] + $0.v4() + tcp()) },
        Crafted("IPv4 headers that end beyond the packet") {
            var packet = ipv4(6, tcp(), source: $0.v4())
            packet[0] = 0x4f
            return packet
        },
    ]

    private static let embedded = [
        Crafted("6to4") { ipv6(6, tcp(), source: [0x20, 2] + $0.v4() + Sample.zeros(9) + [1]) },
        Crafted("Teredo") {
            ipv6(6, tcp(), source: [0x20, 1, 0, 0] + $0.v4() + [0, 0, 0, 0] + $0.v4().map { ~$0 })
        },
        Crafted("NAT64") { ipv6(6, tcp(), source: [0, 0x64, 0xff, 0x9b] + Sample.zeros(8) + $0.v4()) },
        Crafted("IPv4-mapped") { ipv6(6, tcp(), source: Sample.zeros(10) + [0xff, 0xff] + $0.v4()) },
        Crafted("IPv4-compatible") { ipv6(6, tcp(), source: Sample.zeros(12) + $0.v4()) },
        Crafted("ISATAP") {
            ipv6(6, tcp(), source: [0xfe, 0x80] + Sample.zeros(6) + [2, 0, 0x5e, 0xfe] + $0.v4())
        },
        Crafted("EUI-64") {
            let station = $0.station()
            let host = [station[0] ^ 2] + station[1..<3] + [0xff, 0xfe] + station[3...]
            return ipv6(
                6, tcp(), source: [0xfe, 0x80] + Sample.zeros(6) + host, destination: documentation.prefix(8) + host)
        },
        Crafted("a link-local address that is more than that") {
            ipv6(6, tcp(), source: [0xfe, 0x80] + $0.v4() + [0, 0] + $0.v6().suffix(8))
        },
        Crafted("a solicited-node group") {
            let asked = $0.v6()
            return ipv6(
                58, [143, 0, 0, 0, 0, 0, 0, 0], destination: [0xff, 2] + Sample.zeros(9) + [1, 0xff] + asked[13...])
        },
        Crafted("a group of a prefix") {
            let prefix = $0.v6().prefix(8)
            return ipv6(17, udp([]), destination: [0xff, 0x3e, 0, 64] + prefix + $0.v4())
        },
        Crafted("an IPv4 group of a prefix") { ipv4(17, udp([]), destination: [234] + $0.v4().prefix(3)) },
        Crafted("a group's last bytes") {
            let host = $0.v4()
            return ipv6(17, udp([]), destination: [0xff, 2] + Sample.zeros(10) + host)
        },
        Crafted("link-local and loopback IPv4") {
            // Whatever follows the prefix.
            let host = $0.v4()
            return ipv4(17, udp([]), source: [169, 254] + host[0..<2], destination: [127] + host[1...])
                + [9, 9, 9] + host
        },
    ]
}
