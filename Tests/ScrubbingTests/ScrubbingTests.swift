// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Pcap
import Quantities
import SystemPackage
import Testing

@testable import Scrubbing

@Suite struct ScrubbingTests {
    @Test func `Addresses that begin alike have pseudonyms that begin alike, and no further`() {
        var generator = SplitMix64(seed: 3, purpose: "addresses")
        var pseudonyms = Pseudonyms(key: "a")
        func common(_ left: UInt64, _ right: UInt64) -> Int { (left ^ right).leadingZeroBitCount }
        for _ in 0..<200 {
            let first = generator.next()
            // The two have their first bits in common, a random number of them.
            let second = first ^ generator.next() >> generator.next(below: 56)
            let low = generator.next()
            let v6 = [first, second].map { InternetAddress(v6: $0 >> 4 | 2 << 60, low) }
            let found = v6.map { pseudonyms.pseudonym(of: $0) }
            #expect(common(found[0].high, found[1].high) == common(v6[0].high, v6[1].high))
            let v4 = [first, second].map { InternetAddress(v4: UInt32($0 >> 33 | 1)) }.filter { $0.low >> 24 != 127 }
            guard v4.count == 2, v4.allSatisfy({ $0.low >> 24 != 0 }) else { continue }
            let four = v4.map { pseudonyms.pseudonym(of: $0) }
            #expect(common(four[0].low, four[1].low) == common(v4[0].low, v4[1].low))
        }
    }

    @Test func `A key decides, and what names nobody stays`() {
        let address = InternetAddress(v4: 0x5db8_d822)
        var (one, same, other) = (Pseudonyms(key: "a"), Pseudonyms(key: "a"), Pseudonyms(key: "b"))
        #expect(one.pseudonym(of: address) == same.pseudonym(of: address))
        #expect(one.pseudonym(of: address) != other.pseudonym(of: address))
        #expect(one.pseudonym(of: address) != address)
        for text in ["224.0.0.251", "127.0.0.1", "0.0.0.0", "255.255.255.255", "ff02::1", "::1", "::"] {
            let named = InternetAddress(parsing: text)
            #expect(named.map { one.pseudonym(of: $0) } == named)
            #expect(named.map { "\($0)" } == text)
        }
        let local = one.pseudonym(of: InternetAddress(v6: 0xfe80 << 48, 0x0211_22ff_fe33_4455))
        #expect("\(local)".hasPrefix("fe80::") && local.low != 0x0211_22ff_fe33_4455)
    }

    /// Ethernet, IPv4 and TCP with an announced address and 6 bytes of payload.
    static let packet: [UInt8] = {
        var bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 10, 8, 0]
        bytes += [0x45, 0, 0, 54, 0, 1, 0x40, 0, 64, 6, 0xaa, 0xbb, 93, 184, 216, 34, 93, 184, 216, 99]
        bytes += [0x9c, 0x40, 1, 0xbb, 0, 0, 0, 5, 0, 0, 0, 6, 0x70, 0x18, 1, 0, 0xcc, 0xdd, 0, 0]
        bytes += [30, 8, 0x34, 1, 93, 184, 216, 35]
        return bytes + Array("secret".utf8)
    }()

    private func scrub(_ name: String) throws -> (before: [[UInt8]], after: [[UInt8]]) {
        let paths = ["in", "out"].map { "/tmp/walkback-test-\(getpid())-\(name)-\($0).pcapng" }
        for path in paths { unlink(path) }
        defer { for path in paths { unlink(path) } }
        var writer = try PcapngWriter(to: CaptureFile(creating: FilePath(paths[0])))
        let number = try writer.addInterface(
            CaptureInterface(name: "wlan0", linkType: .ethernet, filter: "host 93.184.216.34"))
        let arp = [UInt8](repeating: 7, count: 12) + [8, 6] + [UInt8](repeating: 9, count: 28)
        for (index, bytes) in [Self.packet, arp].enumerated() {
            try bytes.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(Int64(bytes.count)), time: Timestamp(nanoseconds: Int64(5 + index)),
                    interface: number, direction: .outbound, comments: ["93.184.216.34"])
            }
        }
        try writer.flush()
        var pseudonyms = Pseudonyms(key: "k")
        let summary = try CaptureScrub.scrub(paths[0], to: FilePath(paths[1]), &pseudonyms)
        #expect(summary == CaptureScrub.Summary(packets: 2))
        func packets(_ path: String) throws -> [[UInt8]] {
            var packets: [[UInt8]] = []
            var reader = try CaptureReader(path)
            try reader.forEach { packet in
                packets.append(packet.bytes.withUnsafeBytes { Array($0) })
                if path == paths[1] { #expect(packet.comments.isEmpty && packet.direction == .outbound) }
            }
            if path == paths[1] { #expect(reader.interfaces.map(\.filter) == [nil]) }
            return packets
        }
        return (try packets(paths[0]), try packets(paths[1]))
    }

    @Test func `Nothing is left of addresses, checksums and what was said, and all else stays`() throws {
        let (before, after) = try scrub("packet")
        let (old, new) = (before[0], after[0])
        let changed = Set(old.indices.filter { old[$0] != new[$0] })
        // The stations, the IP checksum, both addresses, TCP's checksum, the announced address, the payload.
        let may = [0..<12, 24..<26, 26..<34, 50..<52, 58..<62, 62..<68].flatMap { Array($0) }
        #expect(changed.isSubset(of: may))
        #expect(Array(new[62...]) == [0, 0, 0, 0, 0, 0])
        #expect(new[24..<26].elementsEqual([0, 0]) && new[50..<52].elementsEqual([0, 0]))
        #expect(!new[26..<30].elementsEqual(old[26..<30]))
        // All three addresses are of one network, before and after.
        #expect(new[26..<29].elementsEqual(new[30..<33]) && new[26..<29].elementsEqual(new[58..<61]))
        #expect(!new[0..<6].elementsEqual(old[0..<6]) && new[0] & 3 == 2)
        // Only the type of a packet without IP is left.
        #expect(after[1] == [UInt8](repeating: 0, count: 12) + [8, 6] + [UInt8](repeating: 0, count: 28))
    }

    @Test func `Events lose positions, and their addresses are the capture's pseudonyms`() throws {
        let path = "/tmp/walkback-test-\(getpid())-events.jsonl"
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try file.closeAfter {
            try file.writeAll(
                """
                {"address": "93.184.216.34/24", "interface": "wlan0", "kind": "address"}
                {"kind": "position", "latitude_deg": "47.1"}
                {"bssid": "00:11:22:33:44:55", "kind": "association"}

                """.utf8)
        }
        defer { unlink(path) }
        var pseudonyms = Pseudonyms(key: "k")
        let expected = pseudonyms.pseudonym(of: InternetAddress(v4: 0x5db8_d822))
        let text = try CaptureScrub.scrubEvents(path, &pseudonyms)
        #expect(text.contains("\"address\": \"\(expected)/24\", \"interface\": \"wlan0\""))
        #expect(!text.contains("latitude") && !text.contains("00:11:22"))
        #expect(text.split(separator: "\n").count == 2)
    }
}
