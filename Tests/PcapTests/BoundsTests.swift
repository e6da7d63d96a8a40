// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Testing

@testable import Pcap

/// Captures whose descriptions would take more memory than their packets.
@Suite struct `A description without bounds` {
    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
        let length = bytes(UInt32(padded.count + 12))
        return bytes(type) + length + padded + length
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private static func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        bytes(code) + bytes(UInt16(value.count)) + value + [UInt8](repeating: 0, count: -value.count & 3)
    }

    private static func section(_ options: [UInt8] = []) -> [UInt8] {
        block(
            BlockType.section,
            bytes(BlockType.byteOrderMagic) + bytes(UInt16(1)) + bytes(UInt16(0)) + bytes(Int64(-1)) + options)
    }

    private static func interface(_ options: [UInt8] = []) -> [UInt8] {
        block(BlockType.interface, bytes(UInt16(101)) + bytes(UInt16(0)) + bytes(UInt32(0)) + options)
    }

    private static func packet(of interface: Int) -> [UInt8] {
        let header =
            bytes(UInt32(interface)) + bytes(UInt32(0)) + bytes(UInt32(1)) + bytes(UInt32(4)) + bytes(UInt32(4))
        return block(BlockType.enhancedPacket, header + [0x45, 0, 0, 4])
    }

    private func read(_ contents: [UInt8]) throws -> ReadCapture {
        let scratch = try ScratchDirectory()
        return try ReadCapture(try scratch.write("x.pcapng", contents))
    }

    @Test func `has a thousand interfaces at most, and damage for the others`() throws {
        var contents = Self.section()
        for _ in 0..<1500 { contents += Self.interface() }
        for interface in [0, 999, 1000, 1499] { contents += Self.packet(of: interface) }
        let capture = try read(contents)
        #expect(capture.interfaces.count == 1000)
        #expect(capture.packets.map(\.interface) == [0, 999])
        #expect(capture.damage.count == 502)
        #expect(capture.damage.first[0].message.hasPrefix("there are more than 1000 interfaces"))
    }

    @Test func `has a thousand sections at most, and all their packets`() throws {
        let one = Self.section(Self.option(4, Array("x".utf8))) + Self.interface() + Self.packet(of: 0)
        let capture = try read([[UInt8]](repeating: one, count: 999).flatMap { $0 } + Self.section() + Self.section())
        #expect(capture.sections.count == 1000)
        #expect(capture.packets.count == 999)
        #expect(capture.damage.count == 1)
    }

    @Test func `has texts of four kilobytes at most`() throws {
        let long = [UInt8](repeating: UInt8(ascii: "n"), count: 60_000)
        let capture = try read(
            Self.section((0..<30).flatMap { _ in Self.option(1, long) }) + Self.interface(Self.option(2, long)))
        #expect(capture.sections[0].comments.count == 20)
        #expect(capture.sections[0].comments.allSatisfy { $0.utf8.count == 4096 })
        #expect(capture.interfaces[0].name?.utf8.count == 4096)
    }

    /// 64 interfaces of two days each would have 110 million bins.
    @Test func `has bins of throughput for five days in all`() {
        var free = Throughput.mostOfAll
        var bins = 0
        for _ in 0..<64 {
            var one = Throughput()
            for day in [0, 1] as [Int64] {
                one.add(1000, .inbound, at: Timestamp(nanoseconds: day * 86_400_000_000_000), &free)
            }
            one.add(1000, .inbound, at: Timestamp(nanoseconds: 86_400_100_000_000), &free)
            one.end(&free)
            bins += one.bins.count
        }
        #expect(free >= 0)
        #expect(bins <= Throughput.mostOfAll)
        #expect(bins > Throughput.mostOfAll / 2)
    }

    @Test func `leaves nothing that a message would praise`() throws {
        let disk = SmallDisk(room: 200, isKept: false)
        let fault = #expect(throws: Fault.self) {
            var writer = try PcapngWriter(to: disk)
            _ = try writer.addInterface(CaptureInterface(name: "a", linkType: .raw))
            for _ in 0..<20 {
                try [UInt8](repeating: 0, count: 100).withUnsafeBytes {
                    try writer.write($0, originalLength: ByteCount(100), time: Timestamp(nanoseconds: 0), interface: 0)
                }
            }
            try writer.flush()
        }
        #expect(
            fault?.message
                == "cannot write 'small disk': No space left on device; free some space, or name another place with "
                + "--output"
        )
    }
}
