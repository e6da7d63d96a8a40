// SPDX-License-Identifier: Apache-2.0
import Pcap

@testable import Scrubbing

/// The bytes of a pcapng file, little endian, block by block.
struct CraftedFile {
    private(set) var bytes: [UInt8] = []

    static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + Sample.zeros((4 - bytes.count % 4) % 4) }

    mutating func block(_ type: UInt32, _ body: [UInt8], _ options: [(UInt16, [UInt8])] = []) {
        var content = Self.padded(body)
        for (code, value) in options {
            content += Self.number(code) + Self.number(UInt16(value.count)) + Self.padded(value)
        }
        if !options.isEmpty { content += [0, 0, 0, 0] }
        let length = Self.number(UInt32(content.count + 12))
        bytes += Self.number(type) + length + content + length
    }

    mutating func section(_ options: [(UInt16, [UInt8])] = []) {
        block(
            0x0a0d_0d0a, Self.number(0x1a2b_3c4d as UInt32) + [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8), options
        )
    }

    mutating func interface(
        _ name: String, _ linkType: LinkType, snapLength: [UInt8] = [0, 0, 4, 0], _ options: [(UInt16, [UInt8])] = []
    ) {
        block(1, Self.number(linkType.rawValue) + [0, 0] + snapLength, [(2, Array(name.utf8))] + options)
    }

    /// - Parameter milliseconds: since an instant in 2023.
    mutating func packet(
        _ packet: [UInt8], interface: UInt32 = 0, milliseconds: UInt64 = 0, _ options: [(UInt16, [UInt8])] = []
    ) {
        let count = Self.number(UInt32(packet.count))
        // The format counts microseconds.
        let time = (1_700_000_000_000 + milliseconds) * 1000
        block(
            6,
            Self.number(interface) + Self.number(UInt32(time >> 32)) + Self.number(UInt32(truncatingIfNeeded: time))
                + count + count + Self.padded(packet), options)
    }

    /// A file whose every text and option holds an address.
    static func full() -> (bytes: [UInt8], quarry: [Quarry]) {
        var crafting = Crafting(seed: 77)
        func texts(_ crafting: inout Crafting) -> [UInt8] {
            let addresses = [crafting.v4(), crafting.v6(), crafting.station()]
            return Array(addresses.map { crafting.text($0) }.joined(separator: " and ").utf8)
        }
        func options(_ codes: [UInt16]) -> [(UInt16, [UInt8])] { codes.map { ($0, texts(&crafting)) } }
        var file = CraftedFile()
        // Comment, hardware, operating system, application, and one of a vendor.
        file.section(options([1, 2, 3, 4, 2988]))
        file.interface(
            "wlan0", .raw, snapLength: crafting.v4(),
            options([1, 3, 12, 15, 2988]) + [
                // Addresses in IPv4, IPv6 and EUI, and the filter.
                (4, crafting.v4() + [255, 255, 255, 0]), (5, crafting.v6() + [64]), (6, crafting.station()),
                (7, crafting.station() + [0, 0]), (11, [0] + texts(&crafting)),
            ])
        let station = Quarry.hexadecimal(crafting.station())
        for name in ["enx\(station)", "wwx\(station)", "veth\(station.prefix(7))", crafting.text(crafting.v4())] {
            file.interface(name, .raw)
        }
        // Names of addresses, secrets of TLS, a journal's entry, a vendor's block, one that nobody knows.
        file.block(
            4, [1, 0, 8, 0] + crafting.v4() + Array("host".utf8) + [2, 0, 18, 0] + crafting.v6() + [97, 0, 0, 0])
        for type in [10, 9, 0xbad, 0x4000_0bad, 0x8000_0001] as [UInt32] { file.block(type, texts(&crafting)) }
        // Comment, hash, verdict, a vendor's.
        file.packet(Crafted.ipv4(6, Crafted.tcp()), options([1, 3, 7, 2988]))
        file.block(5, CraftedFile.number(0 as UInt32) + Sample.zeros(8), options([1, 2988]))
        return (file.bytes, crafting.quarry)
    }

    /// All crafted packets in one file, with an interface for each.
    static func packets(_ packets: [Crafted]) -> [UInt8] {
        var file = CraftedFile()
        file.section()
        for (index, packet) in packets.enumerated() {
            file.interface("wlan\(index)", packet.linkType)
            file.packet(packet.bytes, interface: UInt32(index))
        }
        return file.bytes
    }
}
