// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Pcap

@Suite struct PcapngWriterTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    static let wifi = CaptureInterface(
        name: "wlan0", description: "Intel AX201", linkType: .ethernet, snapLength: ByteCount(128),
        filter: "ip or ip6", operatingSystem: "Linux 6.12", hardware: "a radio")
    static let cellular = CaptureInterface(name: "wwan0", linkType: .raw)

    static func packet(_ length: Int, _ first: UInt8 = 1) -> [UInt8] {
        (0..<length).map { first &+ UInt8(truncatingIfNeeded: $0) }
    }

    /// Writes packets of two radios. The second one joins when the first already has packets.
    static func write(to output: any CaptureOutput) throws {
        var writer = try PcapngWriter(
            to: output,
            section: .init(
                hardware: "a laptop", operatingSystem: "Linux 6.12", application: "walkback 1",
                comments: ["a walk", "to the library"]))
        let wifi = try writer.addInterface(Self.wifi, comments: ["on the left"])
        try packet(300).withUnsafeBytes {
            try writer.write(
                $0, originalLength: ByteCount(1500), time: Timestamp(nanoseconds: 1_700_000_000_123_456_789),
                interface: wifi, direction: .inbound)
        }
        let cellular = try writer.addInterface(Self.cellular)
        try packet(61).withUnsafeBytes {
            try writer.write(
                $0, originalLength: ByteCount(61), time: Timestamp(nanoseconds: 1_700_000_001_000_000_001),
                interface: cellular, direction: .outbound, comments: ["probe", "second"])
        }
        try packet(40).withUnsafeBytes {
            try writer.write(
                $0, originalLength: ByteCount(40), time: Timestamp(nanoseconds: 1_700_000_002_000_000_000),
                interface: wifi)
        }
        try writer.write(Self.counts, of: wifi, time: Timestamp(nanoseconds: 1_700_000_003_000_000_000))
        try writer.flush()
    }

    static let counts = InterfaceStatistics(
        start: Timestamp(nanoseconds: 1_700_000_000_000_000_005),
        end: Timestamp(nanoseconds: 1_700_000_003_000_000_000), received: 12, droppedByInterface: 3, accepted: 11,
        droppedBySystem: 2, delivered: 9)

    @Test func `What was written is read back`() throws {
        try Self.write(to: CaptureFile(creating: scratch.file("walk.pcapng")))
        let capture = try ReadCapture(scratch.file("walk.pcapng").string)
        #expect(capture.damage.count == 0)
        #expect(capture.interfaces == [Self.wifi, Self.cellular])
        #expect(
            capture.sections == [
                CaptureSection(
                    hardware: "a laptop", operatingSystem: "Linux 6.12", application: "walkback 1",
                    comments: ["a walk", "to the library"])
            ])
        #expect(capture.statistics == [Self.counts, nil])
        #expect(
            capture.packets == [
                // The snap length of the interface cuts this packet.
                Kept(
                    bytes: Self.packet(128), originalLength: 1500, nanoseconds: 1_700_000_000_123_456_789, interface: 0,
                    direction: .inbound, comments: []),
                Kept(
                    bytes: Self.packet(61), originalLength: 61, nanoseconds: 1_700_000_001_000_000_001, interface: 1,
                    direction: .outbound, comments: ["probe", "second"]),
                Kept(
                    bytes: Self.packet(40), originalLength: 40, nanoseconds: 1_700_000_002_000_000_000, interface: 0,
                    direction: .unknown, comments: []),
            ])
    }

    @Test func `Everything up to a flush is in the file, and what waits is not`() throws {
        let disk = SmallDisk(room: 1 << 20)
        var writer = try PcapngWriter(to: disk)
        let header = disk.bytes.count
        #expect(header > 0)
        let index = try writer.addInterface(Self.cellular)
        try Self.packet(100).withUnsafeBytes {
            try writer.write($0, originalLength: ByteCount(100), time: Timestamp(nanoseconds: 5), interface: index)
        }
        #expect(disk.bytes.count == header)
        #expect(writer.written.bytes > Int64(header))
        try writer.flush()
        #expect(Int64(disk.bytes.count) == writer.written.bytes)
        #expect(writer.flushed == writer.written)
        let capture = try ReadCapture(scratch.write("half.pcapng", disk.bytes))
        #expect(capture.packets.count == 1)
        #expect(capture.damage.count == 0)
    }

    @Test func `What waits is bounded: a burst goes out without a flush`() throws {
        let disk = SmallDisk(room: 1 << 30)
        var writer = try PcapngWriter(to: disk)
        let index = try writer.addInterface(Self.cellular)
        var waiting: Int64 = 0
        for _ in 0..<1000 {
            try Self.packet(1000).withUnsafeBytes {
                try writer.write($0, originalLength: ByteCount(1000), time: Timestamp(nanoseconds: 5), interface: index)
            }
            waiting = max(waiting, writer.written.bytes - writer.flushed.bytes)
        }
        #expect(waiting < 300_000)
        #expect(disk.bytes.count > 700_000)
    }

    @Test(arguments: [0, 27, 28, 60, 130, 131, 400, 1000, 1279, 1280, 5000])
    func `A full disk is an error, and what it took is whole and can be read`(room: Int) throws {
        let disk = SmallDisk(room: room)
        var packets = 0
        let fault = #expect(throws: Fault.self) {
            var writer = try PcapngWriter(to: disk)
            let index = try writer.addInterface(Self.cellular)
            while packets < 1000 {
                try Self.packet(100).withUnsafeBytes {
                    try writer.write(
                        $0, originalLength: ByteCount(100), time: Timestamp(nanoseconds: 5), interface: index)
                }
                packets += 1
                if packets % 7 == 0 { try writer.flush() }
            }
        }
        let message = try #require(fault?.message)
        #expect(message.hasPrefix("cannot write 'small disk': No space left on device; its first "), "\(message)")
        #expect(message.hasSuffix("; free some space, or record to another disk"), "\(message)")
        // A disk without room for the section's 32 bytes holds nothing, which is no capture.
        #expect(disk.bytes.isEmpty == (room < 32))
        if disk.bytes.isEmpty { return }
        let capture = try ReadCapture(scratch.write("full.pcapng", disk.bytes))
        #expect(capture.damage.count == 0)
        // A packet's block has 132 bytes, the section's 32 and the interface's 44.
        #expect(capture.packets.count == max(0, (room - 76) / 132))
    }

    @Test func `After a failure every call says so again`() throws {
        let disk = SmallDisk(room: 100)
        var writer = try PcapngWriter(to: disk)
        let index = try writer.addInterface(Self.cellular)
        func packet(_ writer: inout PcapngWriter) throws {
            try Self.packet(100).withUnsafeBytes {
                try writer.write($0, originalLength: ByteCount(100), time: Timestamp(nanoseconds: 5), interface: index)
            }
        }
        try packet(&writer)
        let first = try #require(throws: Fault.self) { try writer.flush() }
        #expect(throws: first) { try packet(&writer) }
        #expect(throws: first) { try writer.synchronize() }
        #expect(throws: first) { try writer.write(InterfaceStatistics(), of: index, time: Timestamp(nanoseconds: 1)) }
    }

    @Test func `A file that is there is not overwritten`() throws {
        let path = try FilePath(scratch.write("walk.pcapng", [1, 2, 3]))
        let fault = #expect(throws: Fault.self) { try CaptureFile(creating: path) }
        #expect(fault?.message.contains("exists and is not overwritten") == true)
        #expect(try scratch.read("walk.pcapng") == [1, 2, 3])
    }

    @Test func `A packet of an interface that nobody described is refused`() throws {
        var writer = try PcapngWriter(to: SmallDisk(room: 1000))
        let fault = #expect(throws: Fault.self) {
            try Self.packet(10).withUnsafeBytes {
                try writer.write($0, originalLength: ByteCount(10), time: Timestamp(nanoseconds: 5), interface: 0)
            }
        }
        #expect(fault?.message == "'small disk' has no interface 0; add the interface before its packets")
    }
}
