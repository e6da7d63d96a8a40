// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Testing
import Determinism
import Documents
import Quantities

@testable import Scrubbing

@Suite struct `A scrubbed packet` {
    @Test func `has the pseudonyms that its key has always given`() {
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        // Calculated separately with Python's hashlib.
        for (address, pseudonym) in [
            ("93.184.216.34", "94.252.32.192"), ("93.184.216.99", "94.252.32.181"), ("10.1.0.2", "8.48.135.100"),
            ("2001:db8::1", "20c9:9c2f:27b9:6920:730f:aa74:3b03:31e6"),
            ("2001:db8::2", "20c9:9c2f:27b9:6920:730f:aa74:3b03:31e4"),
            ("fe80::211:22ff:fe33:4455", "fe80::f32d:7fa0:73f0:9b4c"),
        ] {
            #expect(InternetAddress(parsing: address).map { "\(pseudonyms.pseudonym(of: $0))" } == pseudonym)
        }
        #expect(pseudonyms.station(Sample.station) == Sample.stationPseudonym)
        // A group address names nobody.
        #expect(pseudonyms.station([255, 255, 255, 255, 255, 255]) == [255, 255, 255, 255, 255, 255])
        #expect(pseudonyms.station([1, 0, 0x5e, 0, 0, 0xfb]) == [1, 0, 0x5e, 0, 0, 0xfb])
    }

    @Test func `keeps of UDP ports and length`() throws {
        let scrubbed = try Scrubbed(Sample.ipv4(17, Sample.udp(Array("a name that was asked for".utf8))))
        let header = Array(scrubbed.before[..<10]) + [0, 0] + Sample.sourcePseudonym + Sample.destinationPseudonym
        #expect(Array(scrubbed.after[..<20]) == header)
        #expect(Array(scrubbed.after[20...]) == Array(scrubbed.before[20..<26]) + Sample.zeros(2 + 25))
    }

    private static let feedback = ProbeMessage.Feedback(
        latest: 1, latestSent: 2, packets: 3, ipBytes: 4, time: 5, held: 6)

    @Test(
        arguments: [
            .data(session: 7, number: 8, time: 9, feedback), .feedback(session: 7, feedback),
            .report(session: 7, feedback), .relay(session: 7, of: 8, feedback), .echo(session: 7, number: 8, time: 9),
            .echoReply(session: 7, number: 8, time: 9), .idle(session: 7, milliseconds: 3000), .stop(session: 7),
            .sound(session: 7),
        ] as [ProbeMessage])
    func `keeps a probe's numbers, and nothing of what fills it up`(message: ProbeMessage) throws {
        let filler = [UInt8](repeating: 0x5a, count: 40)
        let scrubbed = try Scrubbed(Sample.ipv4(17, Sample.udp(message.encoded + filler)))
        #expect(Array(scrubbed.after[28...]) == message.encoded + Sample.zeros(40))
    }

    private static let nonce = [UInt8](1...16)
    private static let code = [UInt8](1...32)

    @Test(
        arguments: [
            .hello(nonce: nonce), .challenge(nonce: nonce, cookie: nonce),
            .start(nonce: nonce, cookie: nonce, code: code),
            .started(nonce: nonce, session: 7, seconds: 60, code: code), .refused(nonce: nonce, reason: .wrongKey),
            .bulk(session: 7, .up, nonce: nonce, cookie: nonce, code: code),
        ] as [ProbeMessage])
    func `keeps of what proves a probe's key only what it is`(message: ProbeMessage) throws {
        let scrubbed = try Scrubbed(Sample.ipv4(17, Sample.udp(message.encoded)))
        // Magic number, version, type and two zeros.
        let kept = Array(message.encoded.prefix(8))
        #expect(kept.starts(with: Array("WBPR".utf8) + [1]))
        #expect(Array(scrubbed.after[28...]) == kept + Sample.zeros(message.encoded.count - 8))
    }

    @Test func `keeps of ICMP type, code and echo numbers`() throws {
        let echo: [UInt8] = [8, 0, 0xcc, 0xdd, 0x12, 0x34, 0, 7] + Array("who I am".utf8)
        let scrubbed = try Scrubbed(Sample.ipv4(1, echo))
        #expect(Array(scrubbed.after[20...]) == [8, 0, 0, 0, 0x12, 0x34, 0, 7] + Sample.zeros(8))
    }

    @Test(arguments: [47, 50, 132] as [UInt8])
    func `keeps nothing of a transport that is not read`(protocolNumber: UInt8) throws {
        let scrubbed = try Scrubbed(Sample.ipv4(protocolNumber, Array("what is in a tunnel".utf8)))
        #expect(Array(scrubbed.after[20...]) == Sample.zeros(19))
        #expect(scrubbed.after[9] == protocolNumber)
    }

    @Test func `loses the options of IPv4`() throws {
        // A recorded route: the addresses of two routers.
        let route: [UInt8] = [7, 11, 12, 10, 1, 2, 3, 10, 4, 5, 6, 0]
        let scrubbed = try Scrubbed(Sample.ipv4(17, Sample.udp([1, 2, 3]), options: route))
        #expect(scrubbed.after[0] == 0x48)
        #expect(Array(scrubbed.after[20..<32]) == Sample.zeros(12))
        #expect(Array(scrubbed.after[32..<38]) == Array(scrubbed.before[32..<38]))
    }

    @Test func `keeps of IPv6's extensions what follows them and where`() throws {
        // A routing header with an address, then a destination option, then TCP.
        let routing: [UInt8] = [60, 2, 2, 1, 0, 0, 0, 0] + Sample.sixth
        let options: [UInt8] = [6, 0, 30, 4, 1, 2, 3, 4]
        let scrubbed = try Scrubbed(Sample.ipv6(43, routing + options + Sample.tcp([])))
        #expect(Array(scrubbed.after[8..<24]) == Sample.sixthPseudonym)
        #expect(Array(scrubbed.after[24..<40]) == Array(Sample.sixthPseudonym.dropLast()) + [0xe4])
        #expect(Array(scrubbed.after[40..<64]) == [60, 2] + Sample.zeros(22))
        #expect(Array(scrubbed.after[64..<72]) == [6, 0] + Sample.zeros(6))
        // TCP without its checksum and its payload.
        #expect(scrubbed.packet.isTCP && scrubbed.packet.payloadOffset == 72)
        #expect(
            Array(scrubbed.after[72...]) == Array(scrubbed.before[72..<88]) + [0, 0] + Array(scrubbed.before[90..<92])
                + Sample.zeros(6))
    }

    @Test func `keeps TCP's options, but for a cookie`() throws {
        let options: [UInt8] = [
            2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 77, 0, 0, 0, 66, 1, 3, 3, 7, 34, 8, 1, 2, 3, 4, 5, 6,
        ]
        let scrubbed = try Scrubbed(Sample.ipv4(6, Sample.tcp(options)))
        #expect(Array(scrubbed.after[40..<68]) == options.dropLast(6) + Sample.zeros(6))
        #expect(Array(scrubbed.after[68...]) == Sample.zeros(6))
    }

    /// Kind 30, subtype 3. The third byte holds the address family in version 0, and whether it is an echo in version
    /// 1.
    @Test(
        arguments: [
            // Version 0, with and without a port.
            ([30, 8, 0x34, 1], Sample.source, [], Sample.sourcePseudonym),
            ([30, 10, 0x34, 1], Sample.source, [0x12, 0x34], Sample.sourcePseudonym),
            ([30, 20, 0x36, 1], Sample.sixth, [], Sample.sixthPseudonym),
            // Version 1: an echo; with 64 bits of authentication; and with a port, too.
            ([30, 8, 0x31, 1], Sample.source, [], Sample.sourcePseudonym),
            ([30, 16, 0x30, 1], Sample.source, [1, 2, 3, 4, 5, 6, 7, 8], Sample.sourcePseudonym),
            ([30, 20, 0x31, 1], Sample.sixth, [], Sample.sixthPseudonym),
            ([30, 22, 0x31, 1], Sample.sixth, [0x12, 0x34], Sample.sixthPseudonym),
            ([30, 28, 0x30, 1], Sample.sixth, [1, 2, 3, 4, 5, 6, 7, 8], Sample.sixthPseudonym),
        ] as [([UInt8], [UInt8], [UInt8], [UInt8])])
    func `has a pseudonym where Multipath TCP announces an address`(
        head: [UInt8], address: [UInt8], rest: [UInt8], pseudonym: [UInt8]
    ) throws {
        var options = head + address + rest
        let length = options.count
        while options.count % 4 != 0 { options.append(1) }
        let scrubbed = try Scrubbed(Sample.ipv4(6, Sample.tcp(options)))
        #expect(Array(scrubbed.after[40..<(44 + address.count)]) == head + pseudonym)
        #expect(Array(scrubbed.after[(44 + address.count)..<(40 + length)]) == rest)
    }

    @Test func `loses options from the first one that contradicts itself`() throws {
        for broken in [[8, 0, 1, 2], [8, 1, 1, 2], [8, 40, 1, 2]] as [[UInt8]] {
            let scrubbed = try Scrubbed(Sample.ipv4(6, Sample.tcp([2, 4, 5, 0xb4] + broken)))
            #expect(Array(scrubbed.after[40..<48]) == [2, 4, 5, 0xb4, 0, 0, 0, 0], "\(broken)")
        }
    }

    private static let ip = Sample.ipv4(17, Sample.udp([1, 2, 3]))
    private static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]

    /// Link headers with a station's address at each of the places named.
    static let links: [(linkType: LinkType, header: [UInt8], places: [Int])] = [
        (.ethernet, Sample.station + Sample.station + [8, 0], [0, 6]),
        (.linuxCooked, [0, 4, 0, 1, 0, 6] + Sample.station + [0, 0, 8, 0], [6]),
        (.linuxCooked2, [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6] + Sample.station + [0, 0], [12]),
        (
            .ieee80211, [8, 1, 0, 0] + Sample.station + Sample.station + Sample.station + [0x10, 0] + snap,
            [4, 10, 16]
        ),
        (
            .ieee80211Radiotap,
            [0, 0, 9, 0, 2, 0, 0, 0, 0, 8, 1, 0, 0] + Sample.station + Sample.station + Sample.station + [0x10, 0]
                + snap, [13, 19, 25]
        ),
    ]

    @Test(arguments: links.indices)
    func `has pseudonyms for stations, whatever the link`(index: Int) throws {
        let (linkType, header, places) = Self.links[index]
        let scrubbed = try Scrubbed(header + Self.ip, linkType)
        var expected = header
        for place in places { expected.replaceSubrange(place..<(place + 6), with: Sample.stationPseudonym) }
        #expect(Array(scrubbed.after[..<header.count]) == expected)
        #expect(scrubbed.packet.payloadOffset == header.count + 20)
    }

    @Test func `without IP keeps its type, where the link says it`() throws {
        let arp = [UInt8](repeating: 9, count: 28)
        let cooked = try Scrubbed([0, 4, 0, 1, 0, 6] + Sample.station + [0, 0, 8, 6] + arp, .linuxCooked)
        #expect(cooked.after == Sample.zeros(14) + [8, 6] + Sample.zeros(28))
        let wireless = try Scrubbed([0x80, 0, 0, 0] + Sample.station + arp, .ieee80211)
        #expect(wireless.after == Sample.zeros(38))
        #expect(try Scrubbed(arp, .raw).after == Sample.zeros(28))
    }

    /// A snap length cuts anywhere: through link headers, options, extensions, an announced address.
    @Test func `is scrubbed wherever it was cut`() throws {
        let routing: [UInt8] = [6, 4, 2, 1, 0, 0, 0, 0] + Sample.sixth + Sample.sixth
        let whole: [([UInt8], LinkType)] =
            [
                (Sample.ipv6(43, routing + Sample.tcp([30, 20, 0x31, 1] + Sample.sixth)), .raw),
                (Sample.ipv4(6, Sample.tcp([30, 8, 0x31, 1] + Sample.source), options: Sample.zeros(12)), .raw),
                (Sample.ipv4(47, Sample.zeros(8), options: Sample.source + Sample.source), .raw),
                (Sample.ipv4(17, Sample.udp(ProbeMessage.hello(nonce: Self.nonce).encoded)), .raw),
                (Sample.ipv6(0, [58, 0, 0, 0, 0, 0, 0, 0, 128, 0, 1, 2, 3, 4, 5, 6]), .raw),
            ] + Self.links.map { ($0.header + Self.ip, $0.linkType) }
        for (bytes, linkType) in whole {
            let cut = (1..<bytes.count).map { Array(bytes[..<$0]) }
            for (count, scrubbed) in try zip(1..., Scrubbed.all(cut, linkType, length: bytes.count)) {
                for address in [Sample.source, Sample.destination, Sample.sixth, Sample.station] {
                    #expect(!scrubbed.after.contains(address), "\(linkType.name), \(count) bytes: \(scrubbed.after)")
                }
            }
        }
    }
}
