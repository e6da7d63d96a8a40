// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat

@testable import Scrubbing

extension Crafted {
    static let transport = [
        Crafted("a TCP sequence number") { ipv4(6, tcp(sequence: $0.v4())) },
        Crafted("a TCP acknowledgement") { ipv4(6, tcp(acknowledgement: $0.v4())) },
        Crafted("a TCP acknowledgement of a segment that has none") {
            ipv4(6, tcp(acknowledgement: $0.v4(), flags: 2))
        },
        Crafted("TCP's checksum and urgent pointer") { ipv4(6, tcp(tail: $0.v4())) },
        Crafted("TCP's ranges") {
            let ranges = option(5, $0.v4() + $0.v4() + $0.v4() + $0.v4())
            return ipv4(6, tcp(options: ranges))
        },
        Crafted("TCP's time stamps") { ipv4(6, tcp(options: option(8, $0.v4() + $0.v4()))) },
        Crafted("TCP options that nobody reads") {
            let ranges = option(19, $0.v6())
            let other = option(253, $0.v4() + $0.station())
            return ipv4(6, tcp(options: ranges + other))
        },
        Crafted("a cookie") { ipv4(6, tcp(options: option(34, $0.v6()))) },
        Crafted("options of lengths that they cannot have") {
            let options = option(2, $0.v4()) + option(3, $0.v4()) + option(4, $0.v4()) + option(28, $0.v4())
            return ipv4(6, tcp(options: options + option(8, $0.v4()) + option(5, $0.v4())))
        },
        Crafted("behind the end of the options") { ipv4(6, tcp(options: [0] + $0.v4() + $0.v4())) },
        Crafted("an option that is too long") { ipv4(6, tcp(options: [8, 39] + $0.v4() + $0.v4())) },
        Crafted("what TCP carries") { ipv4(6, tcp(payload: $0.v4() + $0.v6() + $0.station())) },
        Crafted("the names and answers of the DNS") {
            let (four, six) = ($0.v4(), $0.v6())
            return ipv4(17, udp(Array("\($0.text(four)) \($0.text(six))".utf8) + four + six))
        },
        Crafted("DHCP") {
            let (client, hardware) = ($0.v4(), $0.station())
            return ipv4(17, udp([1, 1, 6, 0] + $0.v4() + client + client + hardware, port: 67))
        },
        Crafted("UDP's checksum") {
            let address = $0.v4()
            return ipv4(17, udp(Array(address[2...]), checksum: Array(address[..<2])))
        },
        Crafted("the nonce of a probe, and behind it") {
            let (nonce, filler) = ($0.v6(), $0.v6())
            return ipv4(17, udp(ProbeMessage.hello(nonce: nonce).encoded + filler, port: ProbeMessage.port))
        },
        Crafted("the session of a probe, and behind it") {
            let (session, filler) = ($0.v6(), $0.v6())
            let message = ProbeMessage.stop(session: Pseudonyms.number(session))
            return ipv4(17, udp(message.encoded + filler, port: ProbeMessage.port))
        },
        Crafted("an ICMP redirect") {
            let gateway = $0.v4()
            return ipv4(1, [5, 1, 0, 0] + gateway + ipv4(6, tcp(), source: $0.v4(), destination: $0.v4()))
        },
        Crafted("an ICMP error") {
            let size = $0.v4()
            return ipv4(1, [3, 4, 0, 0] + size + ipv4(17, udp($0.v6()), source: $0.v4(), destination: $0.v4()))
        },
        Crafted("an ICMP echo") { ipv4(1, [8, 0, 0, 0] + $0.v4() + $0.v6()) },
        Crafted("an ICMP router advertisement") { ipv4(1, [9, 0, 0, 0, 1, 2, 0, 9] + $0.v4() + [0, 0, 0, 0]) },
        Crafted("neighbour discovery") {
            ipv6(58, [135, 0, 0, 0, 0, 0, 0, 0] + $0.v6() + [1, 1] + $0.station())
        },
        Crafted("an IPv6 redirect") {
            ipv6(58, [137, 0, 0, 0, 0, 0, 0, 0] + $0.v6() + $0.v6() + [2, 1] + $0.station())
        },
        Crafted("an IPv6 router advertisement") {
            ipv6(58, [134, 0, 0, 0, 64, 0, 7, 8] + Sample.zeros(8) + [3, 4, 64, 0xc0] + Sample.zeros(12) + $0.v6())
        },
        Crafted("an IPv6 error") {
            let size = $0.v4()
            return ipv6(58, [2, 0, 0, 0] + size + ipv6(17, udp([]), source: $0.v6(), destination: $0.v6()))
        },
        Crafted("IPv6 group membership") { ipv6(58, [131, 0, 0, 0, 0, 0, 0, 0] + $0.v6(prefix: [0xff, 0x12])) },
    ]

    static let multipath = [
        Crafted("an announced address and its code") {
            ipv4(6, tcp(options: option(30, [0x30, 1] + $0.v4() + $0.v6().suffix(8))))
        },
        Crafted("an announced IPv6 address and its code") {
            ipv4(6, tcp(options: option(30, [0x30, 1] + $0.v6() + [0x12, 0x34] + $0.v6().suffix(8))))
        },
        Crafted("an address announced in version 0") { ipv4(6, tcp(options: option(30, [0x34, 1] + $0.v4()))) },
        Crafted("an announcement of a length that it cannot have") {
            ipv4(6, tcp(options: option(30, [0x30, 1] + $0.v4() + $0.v4() + $0.v4() + $0.v4())))
        },
        Crafted("the keys of a connection") {
            let (one, other) = ($0.v6(), $0.v6())
            return ipv4(6, tcp(options: option(30, [1, 0x81] + one.suffix(8) + other.suffix(8) + [0, 4])))
        },
        Crafted("the keys of a connection of version 0") {
            let (one, other) = ($0.v6(), $0.v6())
            return ipv4(6, tcp(options: option(30, [0, 0x81] + one.suffix(8) + other.suffix(8))))
        },
        Crafted("token and nonce of a subflow") {
            ipv4(6, tcp(flags: 2, options: option(30, [0x10, 2] + $0.v4() + $0.v4())))
        },
        Crafted("code and nonce of a subflow") {
            ipv4(6, tcp(flags: 0x12, options: option(30, [0x10, 2] + $0.v6().suffix(8) + $0.v4())))
        },
        Crafted("the long code of a subflow") {
            ipv4(6, tcp(options: option(30, [0x10, 0] + $0.v6() + $0.v4())))
        },
        Crafted("short data sequence numbers") {
            ipv4(6, tcp(options: option(30, [0x20, 5] + $0.v4() + $0.v4() + $0.v4() + [0, 9, 7, 7])))
        },
        Crafted("long data sequence numbers") {
            let (acknowledged, sent) = ($0.v6(), $0.v6())
            return ipv4(
                6, tcp(options: option(30, [0x20, 15] + acknowledged.suffix(8) + sent.suffix(8) + $0.v4() + [0, 9])))
        },
        Crafted("removed addresses") { ipv4(6, tcp(options: option(30, [0x40] + $0.v4()))) },
        Crafted("a failed sequence number") { ipv4(6, tcp(options: option(30, [0x60, 0] + $0.v6().suffix(8)))) },
        Crafted("the key of a fast end") { ipv4(6, tcp(options: option(30, [0x70, 0] + $0.v6().suffix(8)))) },
        Crafted("an experimental option") { ipv4(6, tcp(options: option(30, [0xf0] + $0.v6()))) },
    ]

    static let payloads =
        [4, 41, 47, 50, 132, 2, 89, 103].map { number in
            Crafted("protocol \(number)") {
                ipv4(number, ipv4(6, tcp(), source: $0.v4(), destination: $0.v4()) + $0.v6() + $0.station())
            }
        } + [
            Crafted("GTP") {
                let inner = ipv4(6, tcp(), source: $0.v4(), destination: $0.v4())
                return ipv4(17, udp([0x30, 0xff, 0, 0] + $0.v4() + inner, port: 2152))
            }
        ]

    static let others = [
        Crafted("ARP", .ethernet) {
            let (station, address) = ($0.station(), $0.v4())
            return ethernet(
                [8, 6], [0, 1, 8, 0, 6, 4, 0, 1] + station + address + $0.station() + $0.v4(), from: station)
        },
        Crafted("LLDP", .ethernet) { ethernet([0x88, 0xcc], [2, 7, 4] + $0.station() + [4, 5, 1] + $0.v4()) },
        Crafted("a type that is an address", .ethernet) {
            let address = $0.v4()
            return ethernet(Array(address[..<2]), Array(address[2...]) + Sample.zeros(46))
        },
        Crafted("an unknown link", LinkType(rawValue: 9999)) { $0.v4() + $0.v6() + $0.station() },
        Crafted("a loopback family that is an address", .null) { $0.v4() + ipv4(6, tcp()) },
        Crafted("PPP", .ppp) { [0xc0, 0x21, 1, 1, 0, 10, 3, 6] + $0.v4() },
    ]
}
