// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Recorder

@Suite struct `What a captured packet was on the wire` {
    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17

    /// An IP header and a transport header, and nothing else captured. Of TCP the flags and the options can be given.
    private static func header(
        version: Int = 4, total: Int, transport: UInt8 = tcp, options: [UInt8] = [], flags: UInt8 = 0x10,
        from: UInt8 = 1, to: UInt8 = 2
    ) -> [UInt8] {
        var bytes: [UInt8]
        if version == 4 {
            bytes = [UInt8](repeating: 0, count: 20)
            bytes[0] = 0x45
            (bytes[2], bytes[3]) = (UInt8(total >> 8 & 0xff), UInt8(total & 0xff))
            bytes[9] = transport
            (bytes[15], bytes[19]) = (from, to)
        } else {
            bytes = [UInt8](repeating: 0, count: 40)
            bytes[0] = 0x60
            let payload = total - 40
            (bytes[4], bytes[5]) = (UInt8(payload >> 8 & 0xff), UInt8(payload & 0xff))
            bytes[6] = transport
            (bytes[23], bytes[39]) = (from, to)
        }
        var next = [UInt8](repeating: 0, count: transport == tcp ? 20 : 8)
        (next[1], next[3]) = (from, to)
        if transport == tcp { (next[12], next[13]) = (UInt8((20 + options.count) / 4) << 4, flags) }
        return bytes + next + options
    }

    /// Padding in the place of a time stamp.
    private static let stamp = [UInt8](repeating: 1, count: 12)

    private static func wire(
        _ header: [UInt8], length: Int, mtu: Int = 1500, _ sizes: inout SegmentSizes
    ) -> WireLength {
        header.withUnsafeBytes { WireLength(header: $0, length: length, mtu: mtu, &sizes) }
    }

    private static func wire(_ header: [UInt8], length: Int, mtu: Int = 1500) -> WireLength {
        var sizes = SegmentSizes()
        return wire(header, length: length, mtu: mtu, &sizes)
    }

    /// Both ends announce a size, which is padded to four bytes.
    private static func connect(announcing one: Int, _ other: Int, version: Int = 4, _ sizes: inout SegmentSizes) {
        for (size, flags, from, to) in [(one, 0x02, 1, 2), (other, 0x12, 2, 1)] as [(Int, UInt8, UInt8, UInt8)] {
            let total = (version == 4 ? 20 : 40) + 24
            let syn = header(
                version: version, total: total, options: [2, 4, UInt8(size >> 8), UInt8(size & 0xff)], flags: flags,
                from: from, to: to)
            #expect(wire(syn, length: total, &sizes) == wire(syn, length: total))
        }
    }

    @Test(arguments: [4, 6]) func `is itself where it was not merged, without Ethernet's padding`(version: Int) {
        let header = Self.header(version: version, total: 1500, options: Self.stamp)
        #expect(Self.wire(header, length: 1500) == Self.wire(header, length: 1507))
        #expect(Self.wire(header, length: 1500).ipBytes == 1500)
        #expect(Self.wire(header, length: 1500).packets == 1)
    }

    /// What the ends announced, without the options that each segment has.
    @Test(arguments: [(4, 52), (6, 72)]) func `has every segment's headers`(version: Int, headers: Int) {
        var sizes = SegmentSizes()
        Self.connect(announcing: 1460, 1400, version: version, &sizes)
        let size = 1400 - 12
        let total = headers + 10 * size + 100
        let header = Self.header(version: version, total: total, options: Self.stamp)
        let merged = Self.wire(header, length: total, mtu: 1540, &sizes)
        #expect(merged.packets == 11)
        #expect(merged.ipBytes == Int64(total + 10 * headers))
        // An exact multiple has no smaller segment at its end.
        let even = headers + 2 * size
        #expect(
            Self.wire(
                Self.header(version: version, total: even, options: Self.stamp), length: even, mtu: 1540, &sizes
            ).packets == 2)
        // What is merged may still fit into one packet of the interface.
        let small = headers + size + 1
        #expect(
            Self.wire(
                Self.header(version: version, total: small, options: Self.stamp), length: small, mtu: 9000, &sizes
            ).packets == 2)
    }

    @Test func `is reckoned from the largest packet where nothing is known`() {
        let header = Self.header(total: 52 + 3 * 1448, options: Self.stamp)
        #expect(Self.wire(header, length: 52 + 3 * 1448).packets == 3)
    }

    /// Nobody saw what the ends announced, because the connection began before the capture.
    @Test(arguments: [1448, 1388, 1228, 800]) func `is reckoned from what its merged packets have in common`(size: Int)
    {
        var sizes = SegmentSizes()
        for segments in [6, 4, 9, 5] {
            let total = 52 + segments * size
            _ = Self.wire(Self.header(total: total, options: Self.stamp), length: total, &sizes)
        }
        // One that ends with a smaller segment teaches nothing, whether it says so or not.
        for (last, flags) in [(100, 0x18), (300, 0x10)] as [(Int, UInt8)] {
            let total = 52 + 7 * size + last
            let merged = Self.wire(Self.header(total: total, options: Self.stamp, flags: flags), length: total, &sizes)
            #expect(flags == 0x10 || merged.packets == 8)
            for segments in [6, 5] {
                let total = 52 + segments * size
                _ = Self.wire(Self.header(total: total, options: Self.stamp), length: total, &sizes)
            }
        }
        let total = 52 + 12 * size
        #expect(Self.wire(Self.header(total: total, options: Self.stamp), length: total, &sizes).packets == 12)
        // The other direction is another.
        let back = Self.header(total: 52 + 2 * 1448, options: Self.stamp, from: 2, to: 1)
        #expect(Self.wire(back, length: 52 + 2 * 1448, &sizes).packets == 2)
    }

    @Test func `of merged datagrams has eight bytes and the IP header each`() {
        var sizes = SegmentSizes()
        let single = Self.header(total: 28 + 1200, transport: Self.udp)
        #expect(Self.wire(single, length: 28 + 1200, &sizes).packets == 1)
        let merged = Self.wire(
            Self.header(total: 28 + 5 * 1200, transport: Self.udp), length: 28 + 5 * 1200, &sizes)
        #expect(merged.packets == 5)
        #expect(merged.ipBytes == Int64(28 + 5 * 1200 + 4 * 28))
    }

    @Test func `is its length where too little was captured or it is longer than its header can say`() {
        #expect(Self.wire([0x45, 0], length: 900).ipBytes == 900)
        var large = Self.header(total: 0, options: Self.stamp)
        #expect(Self.wire(large, length: 70_000).packets == (70_000 - 52 + 1447) / 1448)
        // A later fragment has no ports and no segments.
        large = Self.header(total: 1500, options: Self.stamp)
        large[7] = 8
        #expect(Self.wire(large, length: 1500, mtu: 1400).packets == 1)
    }
}
