// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Recorder

@Suite struct `What a captured packet was on the wire` {
    /// An IP header and a transport header, and nothing else captured.
    private static func header(version: Int, total: Int, transport: UInt8, options: Int = 0) -> [UInt8] {
        var bytes: [UInt8]
        if version == 4 {
            bytes = [UInt8](repeating: 0, count: 20)
            bytes[0] = 0x45
            (bytes[2], bytes[3]) = (UInt8(total >> 8 & 0xff), UInt8(total & 0xff))
            bytes[9] = transport
        } else {
            bytes = [UInt8](repeating: 0, count: 40)
            bytes[0] = 0x60
            let payload = total - 40
            (bytes[4], bytes[5]) = (UInt8(payload >> 8 & 0xff), UInt8(payload & 0xff))
            bytes[6] = transport
        }
        var next = [UInt8](repeating: 0, count: transport == 6 ? 20 : 8)
        if transport == 6 { next[12] = UInt8((20 + options) / 4) << 4 }
        return bytes + next
    }

    private static func wire(
        _ header: [UInt8], length: Int, segmentSize: Int = 0, mtu: Int? = nil
    ) -> WireLength {
        header.withUnsafeBytes { WireLength(header: $0, length: length, segmentSize: segmentSize, mtu: mtu) }
    }

    @Test(arguments: [4, 6]) func `is itself where it was not merged, without Ethernet's padding`(version: Int) {
        let header = Self.header(version: version, total: 1500, transport: 6, options: 12)
        #expect(Self.wire(header, length: 1500) == Self.wire(header, length: 1507))
        #expect(Self.wire(header, length: 1500).ipBytes == 1500)
        #expect(Self.wire(header, length: 1500).packets == 1)
    }

    @Test(arguments: [(4, 52), (6, 72)]) func `has every segment's headers`(version: Int, headers: Int) {
        let total = headers + 10 * 1448 + 100
        let header = Self.header(version: version, total: total, transport: 6, options: 12)
        let merged = Self.wire(header, length: total, segmentSize: 1448)
        #expect(merged.packets == 11)
        #expect(merged.ipBytes == Int64(total + 10 * headers))
        // An exact multiple has no smaller segment at its end.
        let even = Self.wire(
            Self.header(version: version, total: headers + 2896, transport: 6, options: 12), length: headers + 2896,
            segmentSize: 1448)
        #expect(even.packets == 2)
    }

    @Test func `is reckoned from the largest packet where the kernel does not say`() {
        let header = Self.header(version: 4, total: 52 + 3 * 1448, transport: 6, options: 12)
        #expect(Self.wire(header, length: 52 + 3 * 1448, mtu: 1500).packets == 3)
        #expect(Self.wire(header, length: 52 + 3 * 1448, mtu: nil).packets == 1)
    }

    @Test func `of merged datagrams has eight bytes and the IP header each`() {
        let header = Self.header(version: 4, total: 28 + 5 * 1200, transport: 17)
        let merged = Self.wire(header, length: 28 + 5 * 1200, segmentSize: 1200)
        #expect(merged.packets == 5)
        #expect(merged.ipBytes == Int64(28 + 5 * 1200 + 4 * 28))
    }

    @Test func `is its length where too little was captured or it is longer than its header can say`() {
        #expect(Self.wire([0x45, 0], length: 900).ipBytes == 900)
        var large = Self.header(version: 4, total: 0, transport: 6, options: 12)
        #expect(Self.wire(large, length: 70_000, segmentSize: 1448).packets == (70_000 - 52 + 1447) / 1448)
        // A later fragment has no ports and no segments.
        large = Self.header(version: 4, total: 1500, transport: 6, options: 12)
        large[7] = 8
        #expect(Self.wire(large, length: 1500, segmentSize: 0, mtu: 1400).packets == 2)
    }
}
