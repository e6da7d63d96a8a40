// SPDX-License-Identifier: Apache-2.0
import Derivation
import Glibc
import Pcap
import SystemPackage
import Testing
import Determinism
import Documents
import Quantities
import Traces

@testable import Scrubbing

@Suite struct `A scrubbed capture` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func scrub(_ path: String, _ pseudonyms: inout Pseudonyms) throws -> (CaptureScrub.Summary, Captured) {
        let output = scratch.path.appending("scrubbed.pcapng")
        unlink(output.string)
        let summary = try CaptureScrub.scrub(path, to: output, &pseudonyms)
        return (summary, try Captured(output.string))
    }

    @Test func `has every packet's time, length, interface and direction, and the last statistics`() throws {
        let path = scratch.path.appending("walk.pcapng")
        var writer = try PcapngWriter(to: CaptureFile(creating: path))
        _ = try writer.addInterface(
            CaptureInterface(name: "wlan0", linkType: .ethernet, filter: "host 93.184.216.34"))
        _ = try writer.addInterface(
            CaptureInterface(name: "rmnet0", linkType: .raw, snapLength: ByteCount(40)), comments: ["93.184.216.34"])
        let packet = Sample.ipv4(6, Sample.tcp([]))
        let ethernet = Sample.station + Sample.station + [8, 0] + packet
        for (bytes, interface, direction) in [
            (ethernet, 0, PacketDirection.outbound), (packet, 1, .inbound), (packet, 1, .unknown),
        ] {
            try bytes.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(1400), time: Timestamp(nanoseconds: 1_700_000_000_000_000_001),
                    interface: interface, direction: direction, comments: ["from 93.184.216.34"])
            }
        }
        for received in [5, 9] as [UInt64] {
            try writer.write(
                InterfaceStatistics(received: received, droppedBySystem: 2), of: 1, time: Timestamp(nanoseconds: 7))
        }
        try writer.flush()

        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let (summary, capture) = try scrub(path.string, &pseudonyms)
        #expect(summary == CaptureScrub.Summary(packets: 3))
        let original = try Captured(path.string)
        #expect(capture.packets.map(\.nanoseconds) == Array(repeating: 1_700_000_000_000_000_001, count: 3))
        #expect(capture.packets.map(\.length) == [1400, 1400, 1400])
        #expect(capture.packets.map(\.interface) == [0, 1, 1])
        // The last one's from the near address of the one before.
        #expect(capture.packets.map(\.direction) == [.outbound, .inbound, .inbound])
        #expect(capture.packets.map(\.bytes.count) == [60, 40, 40])
        #expect(capture.packets.map(\.addresses) == Array(repeating: capture.packets[0].addresses, count: 3))
        #expect(capture.packets[0].addresses.map { "\($0)" } == ["94.252.32.192", "94.252.32.181"])
        #expect(capture.interfaces.map(\.name) == ["wlan0", "rmnet0"])
        #expect(capture.interfaces.map(\.linkType) == [.ethernet, .raw])
        #expect(capture.interfaces.map(\.filter) == [nil, nil])
        #expect(capture.interfaces.map(\.snapLength) == original.interfaces.map(\.snapLength))
        #expect(capture.statistics[0] == nil)
        #expect(capture.statistics[1]?.received == 9 && capture.statistics[1]?.droppedBySystem == 2)
        let bytes = try scratch.read("scrubbed.pcapng")
        #expect(!bytes.contains(Array("93.184.216.34".utf8)) && !bytes.contains(Sample.source))
    }

    /// Simple packet blocks have no time (draft-ietf-opsawg-pcapng, section 4.4).
    @Test func `has of packets without a time only the place, and counts them`() throws {
        func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let length = number(UInt32(body.count + 12))
            return number(type) + length + body + length
        }
        let packet = Sample.ipv4(6, Sample.tcp([], []))
        let section = number(0x1a2b_3c4d) + [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8)
        let count = number(UInt32(packet.count))
        let file =
            block(0x0a0d_0d0a, section) + block(1, [101, 0, 0, 0] + number(0)) + block(3, count + packet)
            // 2 s in microseconds.
            + block(6, number(0) + number(0) + number(2_000_000) + count + count + packet) + block(3, count + packet)
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let (summary, capture) = try scrub(try scratch.write("simple.pcapng", file), &pseudonyms)
        #expect(summary == CaptureScrub.Summary(packets: 3, packetsWithoutTime: 2))
        #expect(capture.packets.map(\.nanoseconds) == [0, 2_000_000_000, 2_000_000_000])
        #expect(capture.packets.map { $0.addresses.isEmpty } == [true, false, true])
        #expect(capture.packets[2].bytes == Sample.zeros(packet.count))
    }

    @Test func `has what stands before a damage, which is reported`() throws {
        let path = scratch.path.appending("whole.pcapng")
        var writer = try PcapngWriter(to: CaptureFile(creating: path))
        let number = try writer.addInterface(CaptureInterface(name: "wlan0", linkType: .raw))
        let packet = Sample.ipv4(6, Sample.tcp([]))
        for time in 1...4 as ClosedRange<Int64> {
            try packet.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(Int64(packet.count)), time: Timestamp(nanoseconds: time),
                    interface: number)
            }
        }
        try writer.flush()
        let whole = try scratch.read("whole.pcapng")
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let (summary, capture) = try scrub(try scratch.write("cut.pcapng", Array(whole.dropLast(9))), &pseudonyms)
        #expect(summary.packets == 3 && summary.damage.count == 1)
        #expect(capture.packets.map(\.nanoseconds) == [1, 2, 3])
        #expect(capture.damage == 0)
    }

    @Test func `is not written over another file`() throws {
        let there = try scratch.write("there.pcapng", [1, 2, 3])
        let capture = try scratch.write(
            "in.pcap", [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + Sample.zeros(8) + [0xff, 0xff, 0, 0, 101, 0, 0, 0])
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let fault = #expect(throws: Fault.self) {
            try CaptureScrub.scrub(capture, to: FilePath(there), &pseudonyms)
        }
        #expect(
            fault?.message.contains("there.pcapng' exists and is not overwritten") == true, "\(fault?.message ?? "")")
        #expect(try scratch.read("there.pcapng") == [1, 2, 3])
    }

    /// Without flags derivation guesses the direction, from addresses too, which pseudonyms are not.
    @Test func `states the direction that derivation took packets to have`() throws {
        var file = CraftedFile()
        file.section()
        file.interface("wlan0", .raw)
        let (near, far, other) =
            ([192, 168, 1, 23], [192, 0, 2, 9], [198, 51, 100, 7]) as ([UInt8], [UInt8], [UInt8])
        for (source, destination) in [(near, far), (far, near), (far, near), (far, other), (other, far)] {
            file.packet(Crafted.ipv4(6, Crafted.tcp(), source: source, destination: destination))
        }
        let path = try scratch.write("walk.pcapng", file.bytes)
        for key in 0..<8 {
            var pseudonyms = Pseudonyms(key: "\(key)")
            let (_, capture) = try scrub(path, &pseudonyms)
            // The end of all bytes counts as near.
            #expect(capture.packets.map(\.direction) == [.inbound, .outbound, .outbound, .outbound, .inbound])
        }
    }

    /// Two hosts that talk with nobody else, and two others that talk about as much.
    @Test func `without directions gives the same traces, and leaves out the same packets`() throws {
        var file = CraftedFile()
        file.section()
        file.interface("wlan0", .raw)
        let hosts = [[192, 168, 1, 23], [192, 0, 2, 9], [10, 0, 0, 7], [203, 0, 113, 5]] as [[UInt8]]
        for number in 0..<200 as Range<Int> {
            let (one, other) = number % 3 == 0 ? (2, 3) : (0, 1)
            let isUp = number % 4 == 0
            file.packet(
                Crafted.ipv4(
                    6, Crafted.tcp(payload: Sample.zeros(isUp ? 0 : 900)), source: hosts[isUp ? one : other],
                    destination: hosts[isUp ? other : one]), milliseconds: UInt64(number) * 10)
        }
        let path = try scratch.write("walk.pcapng", file.bytes)
        func derived(_ path: String) throws -> Derivation {
            try Derivation(Derivation.Options(name: "walk", sources: [CaptureSource(file: path)]))
        }
        let before = try derived(path)
        #expect(before.notes.contains { $0.contains("packets between other hosts are left out") })
        for key in 0..<8 {
            var pseudonyms = Pseudonyms(key: "\(key)")
            _ = try scrub(path, &pseudonyms)
            let after = try derived(scratch.path.appending("scrubbed.pcapng").string)
            #expect(after.traces.map(\.samples) == before.traces.map(\.samples))
            #expect(after.notes == before.notes)
        }
    }

    @Test func `keeps snap lengths, unless they are longer than any`() throws {
        var file = CraftedFile()
        file.section()
        for length in [[128, 0, 0, 0], [0, 0, 4, 0], [34, 216, 184, 93]] as [[UInt8]] {
            file.interface("wlan0", .raw, snapLength: length)
        }
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let (_, capture) = try scrub(try scratch.write("walk.pcapng", file.bytes), &pseudonyms)
        #expect(capture.interfaces.map(\.snapLength.bytes) == [128, 262_144, 0])
    }
}
