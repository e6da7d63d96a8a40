// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pcap
import SystemPackage
import Testing
import Determinism
import Documents
import Quantities

@testable import Scrubbing

/// A directory for one test, which is removed with this value.
final class ScratchDirectory {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/walkback-test-XXXXXX".utf8CString)
        path = FilePath(String(cString: try #require(mkdtemp(&template))))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = try FileDescriptor.open(
            path.appending(name), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(bytes) }
        return path.appending(name).string
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path.appending(name), .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { return bytes }
                bytes += buffer[..<count]
            }
        }
    }

    deinit {
        if let directory = opendir(path.string) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                unlink(path.appending(name).string)
            }
            closedir(directory)
        }
        rmdir(path.string)
    }
}

/// What a capture holds.
struct Captured {
    struct Packet: Equatable {
        var bytes: [UInt8]
        var length: Int64
        var nanoseconds: Int64?
        var interface: Int
        var direction: PacketDirection
        var addresses: [InternetAddress]
        var payloadOffset: Int?
        var isTCP = false
        /// What a reader finds in the packet, but for the addresses.
        var shape: [Int] = []

        /// The addresses in the link header, in the IP header, and in ARP.
        func quarry(_ interfaces: [CaptureInterface]) -> Set<Quarry> {
            var quarry = Set(addresses.map { Quarry.internet($0) })
            func station(_ place: Int) {
                if place + 6 <= bytes.count { quarry.insert(.station(Array(bytes[place..<(place + 6)]))) }
            }
            func internet(_ place: Int) {
                guard place + 4 <= bytes.count else { return }
                quarry.insert(.internet(InternetAddress(v4: Pseudonyms.number(bytes[place...]))))
            }
            switch interfaces[interface].linkType {
            case .ethernet:
                for place in [0, 6] { station(place) }
                if bytes.count >= 42, bytes[12..<20].elementsEqual([8, 6, 0, 1, 8, 0, 6, 4]) {
                    for place in [22, 32] { station(place) }
                    for place in [28, 38] { internet(place) }
                }
            case .linuxCooked where bytes.count >= 16 && bytes[4..<6].elementsEqual([0, 6]): station(6)
            case .linuxCooked2 where bytes.count >= 20 && bytes[11] == 6: station(12)
            // A frame has as many addresses as it has room for: acknowledgements have one.
            case .ieee80211 where bytes.count >= 24: for place in [4, 10, 16] { station(place) }
            case .ieee80211Radiotap where bytes.count >= 4:
                let start = Int(bytes[2]) | Int(bytes[3]) << 8
                if bytes.count >= start + 24 { for place in [4, 10, 16] { station(start + place) } }
            default: break
            }
            return quarry
        }
    }

    var packets: [Packet] = []
    var interfaces: [CaptureInterface] = []
    var statistics: [InterfaceStatistics?] = []
    var damage = 0

    init(_ path: String) throws {
        var reader = try CaptureReader(path)
        var packets: [Packet] = []
        try reader.forEach { packet in
            let internet = packet.internetPacket
            var kept = Packet(
                bytes: packet.bytes.withUnsafeBytes { Array($0) }, length: packet.originalLength.bytes,
                nanoseconds: packet.time?.nanoseconds, interface: packet.interface, direction: packet.direction,
                addresses: internet.map { [$0.source, $0.destination] } ?? [], payloadOffset: internet?.payloadOffset)
            kept.shape = internet.map { Self.shape(of: $0, packet) } ?? []
            if case .tcp? = internet?.transport { kept.isTCP = true }
            packets.append(kept)
        }
        self.packets = packets
        (interfaces, statistics, damage) = (reader.interfaces, reader.statistics, reader.damage.count)
    }

    private static func shape(of internet: IPPacket, _ packet: borrowing Pcap.Packet) -> [Int] {
        let shape = [
            Int(internet.source.family.rawValue), Int(internet.length.bytes), Int(internet.protocolNumber),
            internet.headerOffset, internet.payloadOffset, internet.isFragment ? 1 : 0,
        ]
        switch internet.transport {
        case .tcp(let segment):
            var options = packet.options(of: segment)
            var count = 0
            while let option = options.next() {
                // Padding takes the place of other options, and nothing is read after a malformed one.
                switch option {
                case .malformed, .noOperation, .other: break
                default: count += 1
                }
            }
            return shape + [
                Int(segment.sourcePort), Int(segment.destinationPort), Int(segment.flags.rawValue),
                Int(segment.window), segment.payloadLength, segment.options.lowerBound, segment.options.upperBound,
                count,
            ]
        case .udp(let datagram):
            return shape + [
                Int(datagram.sourcePort), Int(datagram.destinationPort), datagram.payloadLength,
                datagram.payload.lowerBound, datagram.payload.upperBound,
            ]
        case .icmp(let message): return shape + [Int(message.type), Int(message.code)]
        case .other: return shape
        }
    }
}

/// A packet and what is left of it.
struct Scrubbed {
    static let key = "walk"

    let before: [UInt8]
    let after: [UInt8]
    let packet: Captured.Packet

    init(_ bytes: [UInt8], _ linkType: LinkType = .raw) throws {
        self = try Self.all([bytes], linkType, length: bytes.count)[0]
    }

    private init(before: [UInt8], packet: Captured.Packet) {
        (self.before, self.packet, after) = (before, packet, packet.bytes)
        #expect(after.count == before.count)
    }

    /// Scrubs packets in one capture.
    ///
    /// - Parameter length: the length of each packet on the wire.
    static func all(_ packets: [[UInt8]], _ linkType: LinkType, length: Int) throws -> [Scrubbed] {
        let scratch = try ScratchDirectory()
        let path = scratch.path.appending("in.pcapng")
        var writer = try PcapngWriter(to: CaptureFile(creating: path))
        let number = try writer.addInterface(CaptureInterface(name: "wlan0", linkType: linkType))
        for bytes in packets {
            try bytes.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(Int64(length)), time: Timestamp(nanoseconds: 5), interface: number)
            }
        }
        try writer.flush()
        var pseudonyms = Pseudonyms(key: key)
        let output = scratch.path.appending("out.pcapng")
        let summary = try CaptureScrub.scrub(path.string, to: output, &pseudonyms)
        #expect(summary == CaptureScrub.Summary(packets: packets.count))
        let scrubbed = try Captured(output.string).packets
        try #require(scrubbed.count == packets.count)
        return zip(packets, scrubbed).map { Scrubbed(before: $0, packet: $1) }
    }
}

/// Packets made by hand. The pseudonyms of their addresses under `Scrubbed.key` are given here.
enum Sample {
    static let source: [UInt8] = [93, 184, 216, 34]
    static let destination: [UInt8] = [93, 184, 216, 99]
    // Calculated separately with Python's hashlib.
    static let sourcePseudonym: [UInt8] = [94, 252, 32, 192]
    static let destinationPseudonym: [UInt8] = [94, 252, 32, 181]

    // 2001:db8::1 and ::2, and 20c9:9c2f:27b9:6920:730f:aa74:3b03:31e6 and e4.
    static let sixth: [UInt8] = [0x20, 1, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
    static let sixthPseudonym: [UInt8] = [
        0x20, 0xc9, 0x9c, 0x2f, 0x27, 0xb9, 0x69, 0x20, 0x73, 0x0f, 0xaa, 0x74, 0x3b, 0x03, 0x31, 0xe6,
    ]

    static let station: [UInt8] = [0, 0x11, 0x22, 0x33, 0x44, 0x55]
    static let stationPseudonym: [UInt8] = [0x7e, 0xf4, 0xe9, 0x22, 0xb8, 0x44]

    static func ipv4(_ protocolNumber: UInt8, _ payload: [UInt8], options: [UInt8] = []) -> [UInt8] {
        let length = UInt16(20 + options.count + payload.count)
        return [0x45 + UInt8(options.count / 4), 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 1, 0x40, 0]
            + [64, protocolNumber, 0xaa, 0xbb] + source + destination + options + payload
    }

    static func ipv6(_ next: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var other = sixth
        other[15] = 2
        return [0x60, 0, 0, 0, UInt8(payload.count >> 8), UInt8(payload.count & 0xff), next, 64] + sixth + other
            + payload
    }

    static func tcp(_ options: [UInt8], _ payload: [UInt8] = Array("secret".utf8)) -> [UInt8] {
        [0x9c, 0x40, 1, 0xbb, 0, 0, 0, 5, 0, 0, 0, 6, UInt8(20 + options.count) << 2, 0x18, 1, 0, 0xcc, 0xdd, 0, 0]
            + options + payload
    }

    static func udp(_ payload: [UInt8]) -> [UInt8] {
        let length = UInt16(8 + payload.count)
        return [0x9c, 0x40, 0x12, 0xa5, UInt8(length >> 8), UInt8(length & 0xff), 0xcc, 0xdd] + payload
    }

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
