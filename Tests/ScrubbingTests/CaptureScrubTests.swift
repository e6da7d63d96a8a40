// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pcap
import SystemPackage
import Testing
import Determinism
import Documents
import Quantities

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
        #expect(capture.packets.map(\.direction) == [.outbound, .inbound, .unknown])
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
    @Test func `gives packets without a time that of the packet before, and counts them`() throws {
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

    private static let captures =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Captures"

    @Test(arguments: ["recorded-walk"])
    func `of a shipped walk has none of its addresses, and as many`(name: String) throws {
        let original = try Captured("\(Self.captures)/\(name).pcapng.gz")
        let addresses = Set(original.packets.flatMap(\.addresses))
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let expected = Dictionary(uniqueKeysWithValues: addresses.map { ($0, pseudonyms.pseudonym(of: $0)) })
        let named = addresses.filter { expected[$0] != $0 }
        #expect(named.count >= 3 && Set(expected.values).count == addresses.count)
        let (summary, capture) = try scrub("\(Self.captures)/\(name).pcapng.gz", &pseudonyms)
        #expect(summary == CaptureScrub.Summary(packets: original.packets.count))
        // Compared here so that a failure does not print all of them.
        let isSame = original.packets.map { $0.addresses.map { expected[$0] } } == capture.packets.map(\.addresses)
        #expect(isSame)
        let lengths = original.packets.map(\.length) == capture.packets.map(\.length)
        #expect(lengths)
        let all = capture.packets.flatMap(\.bytes)
        for address in named {
            let bytes = address.networkBytes
            #expect(!holds(all, bytes), "\(address)")
        }
        #expect(holds(all, Array(capture.packets[0].bytes.prefix(40))))
    }

    /// Does not call a Swift function for each of millions of bytes.
    private func holds(_ all: [UInt8], _ part: [UInt8]) -> Bool {
        all.withUnsafeBytes { all in
            guard let start = all.baseAddress else { return false }
            var place = 0
            while place + part.count <= all.count,
                let found = memchr(start + place, Int32(part[0]), all.count - place - part.count + 1)
            {
                if memcmp(found, part, part.count) == 0 { return true }
                place = UnsafeRawPointer(found) - start + 1
            }
            return false
        }
    }

    @Test func `gives the same pseudonyms as another with the same key, in its events, too`() throws {
        let ethernet = Sample.station + Sample.station + [8, 0] + Sample.ipv4(17, Sample.udp([]))
        let packet = try Scrubbed(ethernet, .ethernet).after
        let events = try scratch.write(
            "walk.events.jsonl",
            Array(
                """
                {"address":"93.184.216.34/24","kind":"address","there":true}
                {"gateway":"2001:db8::1","kind":"default-route"}
                {"bssid":"00:11:22:33:44:55","kind":"association"}
                {"bssid":"00:11:22:aa:BB:cc","kind":"association"}
                {"kind":"position","latitude_deg":48.1,"longitude_deg":-1.5}
                {"destination":"ff02::1","kind":"route"}
                {"kind":"modem","operator":"26201","technology":"lte"}
                {"kind":"live","state":"12:34"}
                """.utf8))
        var pseudonyms = Pseudonyms(key: Scrubbed.key)
        let text = try CaptureScrub.scrubEvents(events, &pseudonyms)
        let station = Sample.stationPseudonym.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let other = pseudonyms.station([0, 0x11, 0x22, 0xaa, 0xbb, 0xcc]).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }
        #expect(Array(packet[0..<6]) == Sample.stationPseudonym)
        #expect(
            text == """
                {"address":"94.252.32.192/24","kind":"address","there":true}
                {"gateway":"20c9:9c2f:27b9:6920:730f:aa74:3b03:31e6","kind":"default-route"}
                {"bssid":"\(station.joined(separator: ":"))","kind":"association"}
                {"bssid":"\(other.joined(separator: ":"))","kind":"association"}
                {"destination":"ff02::1","kind":"route"}
                {"kind":"modem","operator":"26201","technology":"lte"}
                {"kind":"live","state":"12:34"}

                """)
    }
}
