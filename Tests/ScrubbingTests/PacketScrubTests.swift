// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Testing
import Determinism
import Documents
import Quantities

@testable import Scrubbing

@Suite struct `A scrubbed packet` {
    @Test func `keeps of UDP ports and length`() throws {
        let scrubbed = try Scrubbed(Sample.ipv4(17, Sample.udp(Array("a name that was asked for".utf8))))
        let header = Array(scrubbed.before[..<4]) + scrubbed.after[4..<6] + scrubbed.before[6..<10] + [0, 0]
        #expect(Array(scrubbed.after[..<20]) == header + Sample.sourcePseudonym + Sample.destinationPseudonym)
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
        // The session's number is another, and equal where it was equal.
        let keys = Pseudonyms(key: Scrubbed.key)
        let published = message.published { keys.session($0) }
        #expect(Array(scrubbed.after[28...]) == published + Sample.zeros(40))
        #expect(published != message.encoded && keys.session(7) != 7 && keys.session(0) == 0)
        #expect(message.published { $0 } == message.encoded)
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

    @Test func `keeps of an ICMP echo by what its answer is found`() throws {
        func identifier(_ type: UInt8) throws -> [UInt8] {
            let echo: [UInt8] = [type, 0, 0xcc, 0xdd, 0x12, 0x34, 0, 7] + Array("who I am".utf8)
            let after = try Scrubbed(Sample.ipv4(1, echo)).after
            #expect(Array(after[20..<24]) == [type, 0, 0, 0] && Array(after[26...]) == [0, 7] + Sample.zeros(8))
            return Array(after[24..<26])
        }
        let asked = try identifier(8)
        #expect(try asked != [0x12, 0x34] && asked == identifier(0) && asked == identifier(128))
    }

    /// A gateway, a router, a packet that is quoted, a size.
    @Test(arguments: [3, 5, 9, 11, 12, 2, 133, 134, 135, 136, 137, 143] as [UInt8])
    func `keeps of any other ICMP message type and code`(type: UInt8) throws {
        let message = [type, 1, 0xcc, 0xdd] + Sample.source + Sample.ipv4(17, Sample.udp([]))
        let scrubbed = try Scrubbed(Sample.ipv4(1, message))
        #expect(Array(scrubbed.after[20...]) == [type, 1] + Sample.zeros(message.count - 2))
    }

    @Test(arguments: [47, 50, 132] as [UInt8])
    func `keeps nothing of a transport that is not read`(protocolNumber: UInt8) throws {
        let scrubbed = try Scrubbed(Sample.ipv4(protocolNumber, Array("what is in a tunnel".utf8)))
        #expect(Array(scrubbed.after[20...]) == Sample.zeros(19))
        #expect(scrubbed.after[9] == protocolNumber)
    }

    @Test func `has no flow label, and no class or number of hops of its own`() throws {
        var four = Crafted.ipv4(6, Crafted.tcp())
        (four[1], four[8]) = (0xb9, 57)
        let scrubbed = try Scrubbed(four).after
        #expect(scrubbed[1] == 1 && scrubbed[8] == 64)
        var six = Crafted.ipv6(6, Crafted.tcp())
        six.replaceSubrange(0..<4, with: [0x6b, 0x9d, 0x12, 0x34])
        six[7] = 57
        let other = try Scrubbed(six).after
        #expect(Array(other[0..<4]) == [0x60, 0x10, 0, 0] && other[7] == 64)
    }

    /// So that two packets can be told from one that was captured twice.
    @Test func `has another identification, equal where it was equal`() throws {
        func identification(_ number: UInt8, destination: [UInt8] = [192, 0, 2, 2]) throws -> [UInt8] {
            var packet = Crafted.ipv4(6, Crafted.tcp(), destination: destination)
            packet.replaceSubrange(4..<6, with: [0x12, number])
            return Array(try Scrubbed(packet).after[4..<6])
        }
        let one = try identification(1)
        #expect(try one != [0x12, 1] && one == identification(1) && one != identification(2))
        #expect(try one != identification(1, destination: [192, 0, 2, 3]))
        // What is never fragmented has none.
        var packet = Crafted.ipv4(6, Crafted.tcp())
        packet.replaceSubrange(4..<6, with: [0, 0])
        #expect(try Scrubbed(packet).after[4..<6] == [0, 0])
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
        #expect(scrubbed.packet.isTCP && scrubbed.packet.payloadOffset == 72)
        #expect(Array(scrubbed.after[92...]) == Sample.zeros(6))
    }

    /// The numbers of each direction have an offset, and confirmations that of the other direction.
    @Test func `has TCP's numbers in the same distances`() throws {
        func number(_ bytes: [UInt8], _ place: Int) -> UInt32 { Pseudonyms.number(bytes[place...]) }
        let ranges = Crafted.option(5, [0, 0, 0, 9, 0, 0, 0, 20])
        let stamps = Crafted.option(8, [0, 0, 1, 0, 0, 0, 2, 0])
        let there = Crafted.ipv4(6, Crafted.tcp(options: stamps + ranges))
        // The answer, with the ports, the addresses and each pair of numbers exchanged.
        var back = Crafted.ipv4(
            6,
            Crafted.tcp(
                sequence: [0, 0, 0, 6], acknowledgement: [0, 0, 0, 5],
                options: Crafted.option(8, [0, 0, 2, 0, 0, 0, 1, 0])), source: [192, 0, 2, 2],
            destination: [192, 0, 2, 1])
        back.replaceSubrange(20..<24, with: there[22..<24] + there[20..<22])
        let (after, answer) = (try Scrubbed(there).after, try Scrubbed(back).after)
        let sequence = number(after, 24)
        #expect(sequence != 5 && number(answer, 28) == sequence)
        #expect(number(after, 28) != 6 && number(answer, 24) == number(after, 28))
        #expect(number(after, 52) &- number(after, 28) == 3 && number(after, 56) &- number(after, 28) == 14)
        #expect(number(after, 42) != 0x100 && number(answer, 46) == number(after, 42))
        #expect(number(after, 46) != 0x200 && number(answer, 42) == number(after, 46))
        #expect(number(after, 28) &- 6 != sequence &- 5)
    }

    @Test func `has no confirmation and no echo where there was none`() throws {
        let segment = Crafted.tcp(
            acknowledgement: Sample.source, flags: 2, options: Crafted.option(8, [0, 0, 1, 0, 0, 0, 0, 0]))
        let scrubbed = try Scrubbed(Crafted.ipv4(6, segment))
        #expect(Array(scrubbed.after[28..<32]) == [0, 0, 0, 0] && Array(scrubbed.after[46..<50]) == [0, 0, 0, 0])
    }

    @Test func `keeps of TCP's options what traces need`() throws {
        let options: [UInt8] =
            [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 34, 8, 1, 2, 3, 4, 5, 6, 3, 3, 200, 253, 4, 9, 9, 28, 4, 9]
            + [9, 19, 4, 9, 9, 0, 7, 7]
        let scrubbed = try Scrubbed(Sample.ipv4(6, Sample.tcp(options)))
        // The cookie and the user's time are zeros, a scale of more than 14 means 14, and what nobody reads is padding.
        #expect(
            Array(scrubbed.after[40..<76])
                == [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 34, 8, 0, 0, 0, 0, 0, 0, 3, 3, 14, 1, 1, 1, 1, 28, 4, 0]
                + [0, 1, 1, 1, 1, 0, 0, 0])
        #expect(Array(scrubbed.after[76...]) == Sample.zeros(6))
    }

    /// Every subtype of kind 30, as it was and as it is afterwards. Zeros take the place of keys, codes and numbers.
    @Test func `has of Multipath TCP no key and no code`() throws {
        let keys = Pseudonyms(key: Scrubbed.key)
        let key: [UInt8] = [9, 8, 7, 6, 5, 4, 3, 2]
        let short = UInt32(truncatingIfNeeded: keys.dataOffset)
        func other(_ version: UInt8) -> [UInt8] {
            Pseudonyms.bytes(keys.multipathKey(Pseudonyms.number(key), version: version))
        }
        let zeros = Sample.zeros
        let options: [(before: [UInt8], after: [UInt8])] = [
            ([1, 0x81], [1, 0x81]),
            ([1, 0x81] + key, [1, 0x81] + other(1)),
            ([1, 0x81] + key + key + [0, 5, 7, 7], [1, 0x81] + other(1) + other(1) + [0, 5, 0, 0]),
            ([0, 0x81] + key, [0, 0x81] + other(0)),
            ([0x11, 2] + key, [0x11, 2] + Pseudonyms.bytes(keys.token(0x0908_0706)) + zeros(4)),
            ([0x10, 2] + key + [1, 2, 3, 4], [0x10, 2] + zeros(12)),
            ([0x10, 2] + key + key + [1, 2, 3, 4], [0x10] + zeros(21)),
            ([0x20, 1, 0, 0, 0, 7], [0x20, 1] + Pseudonyms.bytes(7 &+ short)),
            (
                [0x20, 0xff] + key + zeros(7) + [7, 1, 2, 3, 4, 5, 6, 7, 7],
                [0x20, 0x1f] + Pseudonyms.bytes(Pseudonyms.number(key) &+ keys.dataOffset)
                    + Pseudonyms.bytes(7 &+ keys.dataOffset) + [0, 0, 0, 0, 5, 6, 0, 0]
            ),
            ([0x40, 1, 2], [0x40, 0, 0]), ([0x51, 3], [0x51, 3]), ([0x51], [0x51]),
            ([0x60, 9] + key, [0x60, 0] + Pseudonyms.bytes(Pseudonyms.number(key) &+ keys.dataOffset)),
            ([0x70, 9] + key, [0x70, 0] + zeros(8)), ([0x81, 2], [0x81, 2]), ([0xf1, 2, 3], [0xf0, 0, 0]),
        ]
        for (before, after) in options {
            let scrubbed = try Scrubbed(Crafted.ipv4(6, Crafted.tcp(options: Crafted.option(30, before))))
            #expect(
                Array(scrubbed.after[40..<(42 + after.count)]) == [30, UInt8(after.count + 2)] + after, "\(before)")
        }
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
        // A port stays; a code does not, since it gives the address away.
        let expected = rest.count < 8 ? rest : Sample.zeros(8)
        #expect(Array(scrubbed.after[(44 + address.count)..<(40 + length)]) == expected)
    }

    @Test func `loses options from the first one that contradicts itself`() throws {
        for broken in [[8, 0, 1, 2], [8, 1, 1, 2], [8, 40, 1, 2]] as [[UInt8]] {
            let scrubbed = try Scrubbed(Sample.ipv4(6, Sample.tcp([2, 4, 5, 0xb4] + broken)))
            #expect(Array(scrubbed.after[40..<48]) == [2, 4, 5, 0xb4, 0, 0, 0, 0], "\(broken)")
        }
    }

    private static let ip = Sample.ipv4(17, Sample.udp([1, 2, 3]))
    private static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
    private static let other = Sample.stationPseudonym

    /// Link headers with a station's address, and what they are afterwards.
    static let links: [(linkType: LinkType, before: [UInt8], after: [UInt8])] = [
        (.ethernet, Sample.station + Sample.station + [8, 0], other + other + [8, 0]),
        (
            .ethernet, Sample.station + Sample.station + [0x88, 0xa8, 0x12, 0x34, 0x81, 0, 0xff, 0xff, 8, 0],
            other + other + [0x88, 0xa8, 0, 0, 0x81, 0, 0, 0, 8, 0]
        ),
        (
            .ethernet, Sample.station + Sample.station + [0x88, 0x64, 0x11, 9, 8, 7, 6, 5, 0, 0x21],
            other + other + [0x88, 0x64, 0x11, 0, 0, 0, 0, 33, 0, 0x21]
        ),
        (
            .linuxCooked, [0, 4, 0, 1, 0, 6] + Sample.station + [9, 9, 8, 0],
            [0, 4, 0, 1, 0, 6] + other + [0, 0, 8, 0]
        ),
        (
            .linuxCooked2, [8, 0, 9, 9, 0, 0, 0, 3, 0, 1, 4, 6] + Sample.station + [9, 9],
            [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6] + other + [0, 0]
        ),
        (.null, [2, 0, 0, 0], [2, 0, 0, 0]), (.loop, [0, 0, 0, 2], [0, 0, 0, 2]),
        (.null, [9, 9, 8, 0], [0, 0, 8, 0]), (.ppp, [0xff, 3, 0, 0x21], [0xff, 3, 0, 0x21]), (.ppp, [0x21], [0x21]),
        (
            .ieee80211,
            [8, 0x33, 9, 9] + Sample.station + Sample.station + Sample.station + [0x10, 9] + Sample.station + snap,
            [8, 3, 0, 0] + other + other + other + [0, 0] + other + snap
        ),
        (
            .ieee80211, [0x88, 1, 9, 9] + Sample.station + Sample.station + Sample.station + [0x10, 9, 7, 9] + snap,
            [0x88, 1, 0, 0] + other + other + other + [0, 0, 0, 0] + snap
        ),
        (
            .ieee80211Radiotap,
            [0, 0, 10, 0, 2, 0, 0, 0, 0x30, 9, 0x88, 1, 9, 9] + Sample.station + Sample.station + Sample.station
                + [0x10, 9, 7, 9, 9, 9] + snap,
            [0, 0, 10, 0, 2, 0, 0, 0, 0x20, 0, 0x88, 1, 0, 0] + other + other + other + Sample.zeros(6) + snap
        ),
    ]

    @Test(arguments: links.indices)
    func `has pseudonyms for stations, whatever the link`(index: Int) throws {
        let (linkType, before, after) = Self.links[index]
        let scrubbed = try Scrubbed(before + Self.ip, linkType)
        #expect(Array(scrubbed.after[..<before.count]) == after)
        #expect(scrubbed.packet.payloadOffset == before.count + 20)
    }

    @Test func `has pseudonyms in each frame of an aggregate`() throws {
        func frame(_ station: [UInt8], _ packet: [UInt8]) -> [UInt8] {
            station + station + [0, UInt8(Self.snap.count + packet.count)] + Self.snap + packet
        }
        let padding = Sample.zeros((4 - (14 + Self.snap.count + Self.ip.count) % 4) % 4)
        func packet(_ station: [UInt8], _ one: [UInt8]) -> [UInt8] {
            frame(station, one) + padding + frame(station, one)
        }
        let head: [UInt8] = [0x88, 1, 0, 0] + Sample.zeros(20) + [0x80, 0]
        let scrubbed = try Scrubbed(head + packet(Sample.station, Self.ip), .ieee80211)
        let inner = Array(scrubbed.after[(head.count + 22)..<(head.count + 22 + Self.ip.count)])
        #expect(Array(inner[12..<20]) == Sample.sourcePseudonym + Sample.destinationPseudonym)
        #expect(scrubbed.after == head + packet(Self.other, inner))
    }

    @Test func `without IP keeps its type and direction, where the link says it`() throws {
        let arp = [UInt8](repeating: 9, count: 28)
        let frame = try Scrubbed(Sample.station + Sample.station + [8, 6] + arp, .ethernet)
        #expect(frame.after == Sample.zeros(12) + [8, 6] + Sample.zeros(28))
        let cooked = try Scrubbed([0, 4, 0, 1, 0, 6] + Sample.station + [0, 0, 8, 6] + arp, .linuxCooked)
        #expect(cooked.after == [0, 4, 0, 1] + Sample.zeros(10) + [8, 6] + Sample.zeros(28))
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
            ] + Self.links.map { ($0.before + Self.ip, $0.linkType) }
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
