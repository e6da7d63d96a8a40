// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Pcap

@Suite struct CaptureReaderTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func read(_ bytes: [UInt8]) throws -> ReadCapture {
        try ReadCapture(scratch.write("capture", bytes))
    }

    static let packets = [PcapngWriterTests.packet(60), PcapngWriterTests.packet(97, 40)]

    @Test(arguments: [false, true], [(0xa1b2_c3d4, 1000), (0xa1b2_3c4d, 1), (0xa1b2_cd34, 1000)] as [(UInt32, Int64)])
    func `pcap is read in either byte order, in micro- and nanoseconds and in its modified variant`(
        bigEndian: Bool, variant: (magic: UInt32, tick: Int64)
    ) throws {
        let capture = try read(
            PcapFile(linkType: .raw, packets: Self.packets, magic: variant.magic, bigEndian: bigEndian).bytes)
        #expect(capture.damage.count == 0)
        #expect(capture.interfaces.map(\.linkType) == [.raw])
        #expect(capture.interfaces.map(\.snapLength) == [ByteCount(65535)])
        #expect(capture.packets.map(\.bytes) == Self.packets)
        #expect(capture.packets.map(\.originalLength) == [1060, 1097])
        #expect(
            capture.packets.map(\.nanoseconds)
                == [0, 1].map { (1_700_000_000 + $0) * 1_000_000_000 + 5 * variant.tick })
    }

    @Test func `Before version 2.4 the lengths stood the other way round`() throws {
        for version in [UInt16(1), 2, 3] {
            let capture = try read(PcapFile(linkType: .raw, packets: Self.packets, minorVersion: version).bytes)
            #expect(capture.packets.map(\.originalLength) == [1060, 1097])
        }
    }

    @Test func `Seconds are unsigned: a stamp of the year 2106 is one`() throws {
        var file = PcapFile(linkType: .raw, packets: [Self.packets[0]])
        file.time = (4_294_967_295, 999_999)
        #expect(try read(file.bytes).packets.map(\.nanoseconds) == [4_294_967_295_999_999_000])
    }

    @Test func `A fraction of a second or more is damage, and the packet is used`() throws {
        var file = PcapFile(linkType: .raw, packets: Self.packets)
        file.time.fraction = 1_000_000
        let capture = try read(file.bytes)
        #expect(capture.packets.map(\.nanoseconds) == [1_700_000_001_000_000_000, 1_700_000_002_000_000_000])
        #expect(capture.damage.count == 2)
        #expect(
            capture.damage.first.first?.description
                == "at byte 24: the fraction of a second in a timestamp, 1000000, is one second or more")
    }

    @Test func `What is no fraction of a second is no time`() throws {
        var file = PcapFile(linkType: .raw, packets: Self.packets)
        file.time.fraction = 2_147_483_648
        let capture = try read(file.bytes)
        #expect(capture.packets.map(\.nanoseconds) == [nil, nil])
        #expect(capture.damage.first.last?.message.hasSuffix("the timestamp is not used") == true)
    }

    @Test func `Wherever a file is cut off, what came before it is used and the place is named`() throws {
        let file = PcapFile(linkType: .raw, packets: Self.packets).bytes
        for count in 24..<file.count {
            let capture = try read(Array(file[..<count]))
            let whole = count < 100 ? 0 : 1
            #expect(capture.packets.map(\.bytes) == Array(Self.packets[..<whole]))
            let isClean = count == 24 || count == 100
            #expect(capture.damage.count == (isClean ? 0 : 1))
            if !isClean { #expect(capture.damage.first.first?.offset == (whole == 0 ? 24 : 100)) }
        }
    }

    @Test func `Wherever a pcapng file is cut off, every whole packet before it is used`() throws {
        let disk = SmallDisk(room: 1 << 20)
        try PcapngWriterTests.write(to: disk)
        var most = 0
        for count in 28..<disk.bytes.count {
            let capture = try read(Array(disk.bytes[..<count]))
            #expect(capture.packets.count >= most)
            most = max(most, capture.packets.count)
            #expect(capture.damage.count <= 1)
        }
        #expect(most == 3)
    }

    @Test func `A packet longer than any is damage at its place`() throws {
        var file = PcapFile(linkType: .raw, packets: Self.packets).bytes
        file[100 + 11] = 0x7f
        let capture = try read(file)
        #expect(capture.packets.count == 1)
        #expect(
            capture.damage.first.map(\.description) == [
                "at byte 100: a packet claims 2130706529 captured bytes; what follows cannot be read"
            ])
    }

    @Test(arguments: [
        (PcapngFile.Change.lengthAtEnd, "a block gives its length as 44 bytes at its start and as 48 at its end"),
        (.length(13), "a block claims a length of 13 bytes"),
        (.length(1 << 30), "a block claims a length of 1073741824"),
        (.interface(7), "a packet belongs to interface 7, which its section does not describe"),
        (.captured(4000), "a packet claims 4000 captured bytes, but its block holds only 12"),
    ])
    func `A block that contradicts itself is damage at its place`(change: PcapngFile.Change, message: String) throws {
        let file = PcapngFile(change: change)
        let capture = try read(file.bytes)
        let damage = try #require(capture.damage.first.first)
        #expect(damage.message.hasPrefix(message), "\(damage)")
        #expect(Int(damage.offset) == file.changedOffset)
        // If only the packet's own numbers are wrong, the framing holds and the third packet is there.
        #expect(capture.packets.count == (change.keepsFraming ? 2 : 1))
    }

    struct Stamp: Sendable {
        var resolution: UInt8
        var offset: Int64 = 0
        var ticks: UInt64
        var nanoseconds: Int64
    }

    static let stamps: [Stamp] = [
        Stamp(resolution: 6, ticks: 1_700_000_000_123_456, nanoseconds: 1_700_000_000_123_456_000),
        Stamp(resolution: 9, ticks: 1_700_000_000_123_456_789, nanoseconds: 1_700_000_000_123_456_789),
        Stamp(resolution: 0, ticks: 1_700_000_000, nanoseconds: 1_700_000_000_000_000_000),
        Stamp(resolution: 3, offset: 1_700_000_000, ticks: 123, nanoseconds: 1_700_000_000_123_000_000),
        Stamp(resolution: 12, ticks: 1_700_000_000_123_456, nanoseconds: 1_700_000_000_123),
        // Units of 2^-10 s; the time is 1,700,000,000.5 s.
        Stamp(resolution: 0x8a, ticks: 1_740_800_000_512, nanoseconds: 1_700_000_000_500_000_000),
        Stamp(resolution: 0x80, offset: -1, ticks: 1_700_000_000, nanoseconds: 1_699_999_999_000_000_000),
        // Units of 2^-64 s and finer: the whole range is a second or less.
        Stamp(resolution: 0xc0, ticks: 1 << 63, nanoseconds: 500_000_000),
        Stamp(resolution: 0xff, ticks: .max, nanoseconds: 0), Stamp(resolution: 30, ticks: .max, nanoseconds: 0),
    ]

    @Test(arguments: stamps)
    func `Stamps count in what their interface says`(stamp: Stamp) throws {
        let clock = CaptureClock(resolution: stamp.resolution, offset: stamp.offset)
        #expect(clock.timestamp(ticks: stamp.ticks)?.nanoseconds == stamp.nanoseconds)
        let file = PcapngFile(resolution: stamp.resolution, offset: stamp.offset, ticks: stamp.ticks)
        #expect(try read(file.bytes).packets.first?.nanoseconds == stamp.nanoseconds)
    }

    @Test func `A stamp that nothing can hold is damage, and its packet has no time`() throws {
        for (resolution, offset) in [(UInt8(0), Int64(0)), (6, .max), (0x80, 0)] {
            let capture = try read(PcapngFile(resolution: resolution, offset: offset, ticks: .max).bytes)
            #expect(capture.packets.first?.nanoseconds == nil)
            #expect(capture.damage.first.first?.message.contains("beyond the year 2262") == true)
        }
    }

    @Test func `Sections of either byte order follow each other, each with interfaces of its own`() throws {
        let capture = try read(
            PcapngFile(bigEndian: true).bytes + PcapngFile().bytes + PcapngFile(bigEndian: true).bytes)
        #expect(capture.damage.count == 0)
        #expect(capture.interfaces.count == 3)
        #expect(capture.packets.map(\.interface) == [0, 0, 0, 1, 1, 1, 2, 2, 2])
        #expect(Set(capture.packets.map(\.bytes)) == [PcapngWriterTests.packet(12)])
    }

    @Test(
        .enabled(if: SharedCaptures.run(["zstd", "--version"]) != nil, "zstd is not installed"),
        arguments: ["gzip", "zstd"])
    func `Compressed captures are read as others, with places in what they hold`(program: String) throws {
        // Longer than the reader's window, so that records cross it.
        let packet = PcapngWriterTests.packet(1500)
        let file = PcapFile(linkType: .raw, packets: Array(repeating: packet, count: 2000)).bytes
        let plain = try scratch.write("plain", file)
        let path = scratch.file("compressed").string
        let command = program == "gzip" ? "gzip -c" : "zstd -qc"
        _ = SharedCaptures.run(["sh", "-c", "\(command) \(plain) > \(path)"])
        let capture = try ReadCapture(path)
        #expect(capture.packets.count == 2000)
        #expect(capture.packets.allSatisfy { $0.bytes == packet })
        #expect(capture.damage.count == 0)
        let whole = try scratch.read("compressed")
        let cut = try read(Array(whole[..<(whole.count / 2)]))
        #expect(cut.packets.count < 2000)
        #expect(cut.damage.count == 1)
        #expect(cut.damage.first.first?.message.hasSuffix("the \(program) stream is cut off") == true)
        let damaged = try read(whole + [UInt8](repeating: 0x55, count: 50))
        #expect(damaged.packets.count == 2000)
        #expect(damaged.damage.count == 1)
        #expect(damaged.damage.first.first?.message.contains("the \(program) stream is damaged") == true)
        // After damage in the middle, the packets before it are as they were.
        var broken = whole
        for index in (whole.count / 2)..<(whole.count / 2 + 8) { broken[index] ^= 0x55 }
        let half = try read(broken)
        #expect(half.damage.count >= 1)
        #expect(half.packets.count < 2000 && half.packets.prefix(500).allSatisfy { $0.bytes == packet })
    }

    @Test func `A file that becomes shorter while it is read is damage where it then ends`() throws {
        let packet = PcapngWriterTests.packet(1500)
        let file = PcapFile(linkType: .raw, packets: Array(repeating: packet, count: 2000)).bytes
        let path = try scratch.write("capture", file)
        let cut = 2_000_000
        var reader = try CaptureReader(path)
        var packets = 0
        try reader.forEach { _ in
            packets += 1
            if packets == 1 { #expect(truncate(path, off_t(cut)) == 0) }
        }
        let record = 16 + packet.count
        #expect(packets == (cut - 24) / record)
        #expect(reader.damage.count == 1)
        #expect(
            reader.damage.first.first?.description
                == "at byte \(24 + packets * record): a record of at least \(record) bytes has only "
                + "\((cut - 24) % record) of them: the file became shorter while it was read")
    }

    static let foreign: [(bytes: [UInt8], message: String)] = [
        ([], "is empty"), ([UInt8]("%PDF-1.7".utf8), "is a PDF document"),
        ([UInt8]("snoop\0\0\0\0\0\0\u{2}".utf8), "is a snoop capture; convert it to pcapng first, with editcap"),
        ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], "is empty"),
        ([UInt8]("second,bytes\n".utf8), "is not a capture, because it begins like neither pcap nor pcapng"),
        ([0xd4, 0xc3, 0xb2, 0xa1, 2, 0], "is not a capture"),
    ]

    @Test(arguments: foreign)
    func `What is no capture is refused, and named where it is known`(bytes: [UInt8], message: String) throws {
        let path = try scratch.write("foreign", bytes)
        let fault = try #require(throws: Fault.self) { _ = try ReadCapture(path) }
        #expect(fault.code == .badInput)
        #expect(fault.message.hasPrefix("\(path): \(message)"), "\(fault)")
    }

    @Test func `A file that is not there, or is none, says so`() throws {
        #expect(
            throws: Fault.input(
                "/nowhere", "cannot be opened: No such file or directory; check the name of the file")
        ) {
            _ = try ReadCapture("/nowhere")
        }
        #expect(throws: Fault.input("/tmp", "is a directory; name a file in it")) { _ = try ReadCapture("/tmp") }
        #expect(throws: Fault.input("/dev/null", "is not a regular file but a device or a socket; name a regular file"))
        {
            _ = try ReadCapture("/dev/null")
        }
    }
}

/// A pcapng file made by hand: a section, an interface and three packets of 12 bytes, the second of which may be wrong.
struct PcapngFile {
    enum Change: Sendable {
        case none, lengthAtEnd
        case length(UInt32)
        case interface(UInt32)
        case captured(UInt32)

        var keepsFraming: Bool {
            switch self {
            case .interface, .captured: true
            default: false
            }
        }
    }

    var change = Change.none
    var bigEndian = false
    var resolution: UInt8 = 6
    var offset: Int64 = 0
    var ticks: UInt64 = 1_700_000_000_000_000

    var changedOffset: Int { 28 + 40 + 44 }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
        }
        add(BlockType.section)
        add(UInt32(28))
        add(BlockType.byteOrderMagic)
        add(UInt16(1))
        add(UInt16(0))
        add(Int64(-1))
        add(UInt32(28))
        add(BlockType.interface)
        add(UInt32(40))
        add(LinkType.raw.rawValue)
        add(UInt16(0))
        add(UInt32(0))
        add(OptionCode.Interface.resolution)
        add(UInt16(1))
        bytes += [resolution, 0, 0, 0]
        add(OptionCode.Interface.offset)
        add(UInt16(8))
        add(offset)
        add(UInt32(40))
        for index in 0..<3 {
            var (interface, captured, length, lengthAtEnd) = (UInt32(0), UInt32(12), UInt32(44), UInt32(44))
            if index == 1 {
                switch change {
                case .none: break
                case .lengthAtEnd: lengthAtEnd = 48
                case .length(let value): length = value
                case .interface(let value): interface = value
                case .captured(let value): captured = value
                }
            }
            add(BlockType.enhancedPacket)
            add(length)
            add(interface)
            add(UInt32(truncatingIfNeeded: ticks >> 32))
            add(UInt32(truncatingIfNeeded: ticks))
            add(captured)
            add(UInt32(1500))
            bytes += PcapngWriterTests.packet(12)
            add(lengthAtEnd)
        }
        return bytes
    }
}
