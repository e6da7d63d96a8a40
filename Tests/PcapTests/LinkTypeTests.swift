// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing

@testable import Pcap

/// A classic pcap file made by hand.
struct PcapFile {
    var linkType: LinkType
    var packets: [[UInt8]]
    var magic: UInt32 = 0xa1b2_c3d4
    var minorVersion: UInt16 = 4
    var bigEndian = false
    var snapLength: UInt32 = 65535
    /// The seconds and fraction of the first packet; each later packet comes a second later.
    var time: (seconds: UInt32, fraction: UInt32) = (1_700_000_000, 5)

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
        }
        add(magic)
        add(UInt16(2))
        add(minorVersion)
        add(UInt32(0))
        add(UInt32(0))
        add(snapLength)
        add(UInt32(linkType.rawValue))
        for (index, packet) in packets.enumerated() {
            add(time.seconds + UInt32(index))
            add(time.fraction)
            let lengths = [UInt32(packet.count), UInt32(packet.count + 1000)]
            for length in minorVersion < 4 ? lengths.reversed() : lengths { add(length) }
            if magic == 0xa1b2_cd34 {
                add(UInt32(3))
                add(UInt16(0x0800))
                add(UInt16(0))
            }
            bytes += packet
        }
        return bytes
    }
}

@Suite struct LinkTypeTests {
    struct Sample: CustomStringConvertible {
        var name: String
        var linkType: LinkType
        var header: [UInt8]
        var isVersionSix = false

        var bytes: [UInt8] { header + (isVersionSix ? LinkTypeTests.sixth : LinkTypeTests.fourth) }
        var description: String { name }
    }

    /// 20 bytes of IPv4 and 32 of TCP with timestamps, and 8 of payload.
    static let fourth: [UInt8] = joined(
        [0x45, 0, 0, 60, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 1, 0, 2, 10, 9, 0, 1], tcp, payload)
    /// The same in IPv6, behind a hop-by-hop extension.
    static let sixth: [UInt8] = joined(
        [0x60, 0, 0, 0, 0, 48, 0, 64, 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
        [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [6, 0, 1, 4, 0, 0, 0, 0], tcp, payload)
    static let tcp: [UInt8] = joined(
        [0x13, 0x88, 0xc0, 0x00, 0, 0, 0, 100, 0, 0, 0, 200, 0x80, 0x18, 1, 0, 0, 0, 0, 0],
        [1, 1, 8, 10, 0, 0, 0, 77, 0, 0, 0, 66])
    static let payload: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// Joins the parts, because chains of `+` cost the compiler minutes.
    private static func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    private static let stations = [UInt8](repeating: 2, count: 12)
    private static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]

    private static func ethernet(_ rest: [UInt8]) -> [UInt8] { joined(stations, rest) }

    private static func wireless(_ control: UInt8, _ flags: UInt8, _ more: [UInt8] = []) -> [UInt8] {
        joined([control, flags], [UInt8](repeating: 0, count: 22), more, snap)
    }

    static let samples: [Sample] = wired + radio

    private static let wired: [Sample] = [
        Sample(name: "Ethernet", linkType: .ethernet, header: ethernet([8, 0])),
        Sample(name: "Ethernet, IPv6", linkType: .ethernet, header: ethernet([0x86, 0xdd]), isVersionSix: true),
        Sample(name: "a VLAN", linkType: .ethernet, header: ethernet([0x81, 0, 0, 5, 8, 0])),
        Sample(name: "QinQ", linkType: .ethernet, header: ethernet([0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0])),
        Sample(name: "PPPoE", linkType: .ethernet, header: ethernet([0x88, 0x64, 0x11, 0, 0, 9, 0, 62, 0, 0x21])),
        Sample(
            name: "PPPoE in a VLAN, IPv6", linkType: .ethernet,
            header: ethernet([0x81, 0, 0, 5, 0x88, 0x64, 0x11, 0, 0, 9, 0, 62, 0, 0x57]), isVersionSix: true),
        Sample(
            name: "Linux cooked", linkType: .linuxCooked, header: [0, 4, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        Sample(
            name: "Linux cooked 2", linkType: .linuxCooked2,
            header: [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0]),
        Sample(name: "raw", linkType: .raw, header: []),
        Sample(name: "raw, IPv6", linkType: .raw, header: [], isVersionSix: true),
        Sample(name: "raw, BSD", linkType: .rawBSD, header: []),
        Sample(name: "IPv4", linkType: .ipv4, header: []),
        Sample(name: "IPv6", linkType: .ipv6, header: [], isVersionSix: true),
        Sample(name: "null, little-endian", linkType: .null, header: [2, 0, 0, 0]),
        Sample(name: "null, big-endian, IPv6", linkType: .null, header: [0, 0, 0, 30], isVersionSix: true),
        Sample(name: "null with an EtherType", linkType: .null, header: [15, 0, 8, 0]),
        Sample(name: "loop", linkType: .loop, header: [0, 0, 0, 2]),
        Sample(name: "PPP", linkType: .ppp, header: [0xff, 3, 0, 0x21]),
        Sample(name: "PPP, compressed", linkType: .ppp, header: [0x21]),
        Sample(
            name: "PPP with direction", linkType: .pppDirectional, header: [1, 0xff, 3, 0, 0x57], isVersionSix: true),
    ]

    private static let radio: [Sample] = [
        Sample(name: "802.11", linkType: .ieee80211, header: wireless(0x08, 1)),
        Sample(name: "802.11 QoS", linkType: .ieee80211, header: wireless(0x88, 1, [0, 0])),
        Sample(
            name: "802.11 QoS, four addresses, HT control", linkType: .ieee80211,
            header: wireless(0x88, 0x83, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
        Sample(
            name: "802.11 aggregate", linkType: .ieee80211,
            header: wireless(0x88, 1, joined([0x80, 0], stations, [0, 68]))),
        Sample(
            name: "radiotap", linkType: .ieee80211Radiotap,
            header: joined([0, 0, 9, 0, 2, 0, 0, 0, 0], wireless(0x88, 1, [0, 0]))),
        Sample(
            name: "radiotap, padded, with a stamp", linkType: .ieee80211Radiotap,
            header: joined(
                [0, 0, 25, 0, 3, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0x20], [0, 0, 0, 0, 0, 0, 0, 0],
                wireless(0x88, 1, [0, 0, 0, 0]))),
    ]

    @Test(arguments: samples)
    func `Behind every link's header is the same TCP segment`(sample: Sample) throws {
        try PageEnd().withPacket(sample.bytes, sample.linkType, originalBytes: sample.bytes.count + 7) { packet in
            let internet = packet.internetPacket
            #expect(internet?.headerOffset == sample.header.count)
            #expect(internet?.length == ByteCount(sample.isVersionSix ? 88 : 60))
            #expect(internet?.protocolNumber == 6)
            #expect(internet.map { "\($0.source)" } == (sample.isVersionSix ? "fd00:1::2" : "10.1.0.2"))
            #expect(internet.map { "\($0.destination)" } == (sample.isVersionSix ? "fd00:9::1" : "10.9.0.1"))
            guard case .tcp(let segment)? = internet?.transport else {
                Issue.record("no TCP")
                return
            }
            #expect([segment.sourcePort, segment.destinationPort] == [5000, 0xc000])
            #expect([segment.sequence, segment.acknowledgement] == [100, 200])
            #expect(segment.flags == [.acknowledgement, .push])
            #expect(segment.payloadLength == 8)
            #expect(packet.options(of: segment).timestamps.map { [$0.value, $0.echo] } == [77, 66])
        }
    }

    @Test(arguments: samples)
    func `However little of it was captured, nothing is made up`(sample: Sample) throws {
        let memory = try PageEnd()
        var found = 0
        var segments = 0
        for count in 0..<sample.bytes.count {
            memory.withPacket(sample.bytes[..<count], sample.linkType, originalBytes: sample.bytes.count) { packet in
                guard let internet = packet.internetPacket else { return }
                found += 1
                // Lengths are those on the wire, whatever was kept.
                #expect(internet.length == ByteCount(sample.isVersionSix ? 88 : 60))
                guard case .tcp(let segment) = internet.transport else { return }
                segments += 1
                #expect(segment.payloadLength == 8)
            }
        }
        // The packet is found as soon as its whole IP header is kept.
        #expect(found == sample.bytes.count - sample.header.count - (sample.isVersionSix ? 40 : 20), "\(found)")
        // The segment is found as soon as the 20 bytes of its header that are always there are kept.
        #expect(segments == Self.tcp.count + Self.payload.count - 20, "\(segments)")
    }

    @Test func `Cooked headers say which way a packet went`() throws {
        let memory = try PageEnd()
        for (type, direction) in [(0, PacketDirection.inbound), (1, .inbound), (3, .unknown), (4, .outbound)] {
            var bytes = [UInt8](repeating: 0, count: 20)
            bytes[1] = UInt8(type)
            bytes[10] = UInt8(type)
            for linkType in [LinkType.linuxCooked, .linuxCooked2] {
                let found = memory.withPacket(bytes, linkType, originalBytes: 20) { $0.direction }
                #expect(found == direction)
            }
        }
    }
}
