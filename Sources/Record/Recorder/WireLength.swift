// SPDX-License-Identifier: Apache-2.0
/// What a captured packet was on the wire: the kernel may have merged several before the capture saw it (GRO), or may
/// split it afterwards (TSO).
struct WireLength: Equatable {
    /// Bytes from the IP header on, including the headers of every packet on the wire.
    let ipBytes: Int64
    let packets: Int64

    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17
    private enum Flag {
        static let syn: UInt8 = 0x02
        /// FIN and PSH: the sender has no more for now.
        static let end: UInt8 = 0x09
    }

    /// - Parameters:
    ///   - header: the captured bytes from the IP header on.
    ///   - length: length from the IP header on, as the kernel saw it; short Ethernet frames are padded.
    ///   - mtu: the largest IP packet on the interface.
    ///   - sizes: what is known of the connections, which learns from this packet.
    init(header: UnsafeRawBufferPointer, length: Int, mtu: Int, _ sizes: inout SegmentSizes) {
        guard let (segment, total) = Self.segment(header, length) else {
            ipBytes = Int64(length)
            packets = 1
            return
        }
        guard segment.payload > 0 || segment.announced > 0, let size = sizes.size(of: segment, mtu: mtu) else {
            ipBytes = Int64(total)
            packets = 1
            return
        }
        let count = (segment.payload + size - 1) / size
        ipBytes = Int64(total + (count - 1) * segment.headers)
        packets = Int64(count)
    }

    /// The packet as one segment, and its length; nil if its headers were not captured.
    private static func segment(
        _ bytes: UnsafeRawBufferPointer, _ length: Int
    ) -> (segment: SegmentSizes.Segment, total: Int)? {
        guard bytes.count >= 20 else { return nil }
        func sixteen(_ place: Int) -> Int { Int(bytes[place]) << 8 | Int(bytes[place + 1]) }
        let ip: Int
        var total: Int
        let transport: UInt8
        let addresses: (from: Int, size: Int)
        switch bytes[0] >> 4 {
        case 4:
            ip = Int(bytes[0] & 15) * 4
            total = sixteen(2)
            // A later fragment has no transport header.
            transport = sixteen(6) & 0x1fff == 0 ? bytes[9] : 0
            addresses = (12, 4)
        case 6:
            guard bytes.count >= 40 else { return nil }
            ip = 40
            total = sixteen(4) + 40
            transport = bytes[6]
            addresses = (8, 16)
        default:
            return nil
        }
        // A merged packet may be longer than 16 bits can express; the field is then zero.
        if total < ip + 8 || total > length { total = length }
        guard transport == tcp || transport == udp, ip >= 20, bytes.count >= ip + 4 else {
            return (
                SegmentSizes.Segment(
                    flow: 0, isReversed: false, isTCP: false, internetHeader: ip, headers: total, payload: 0), total
            )
        }
        let one = Self.end(bytes, addresses.from, addresses.size, port: ip)
        let other = Self.end(bytes, addresses.from + addresses.size, addresses.size, port: ip + 2)
        var segment = SegmentSizes.Segment(
            flow: (min(one, other) &* 31 &+ max(one, other)) << 8 | UInt64(transport), isReversed: one > other,
            isTCP: transport == tcp, internetHeader: ip, headers: ip + 8, payload: 0)
        if transport == tcp {
            segment.headers = ip
            if bytes.count >= ip + 14 {
                segment.headers += Int(bytes[ip + 12] >> 4) * 4
                segment.isEnd = bytes[ip + 13] & Flag.end != 0
                if bytes[ip + 13] & Flag.syn != 0 {
                    segment.announced = announced(bytes, from: ip + 20, to: min(segment.headers, bytes.count))
                }
            }
        }
        segment.headers = min(segment.headers, total)
        segment.payload = total - segment.headers
        return (segment, total)
    }

    /// An address and a port as one number.
    private static func end(_ bytes: UnsafeRawBufferPointer, _ address: Int, _ size: Int, port: Int) -> UInt64 {
        var number: UInt64 = 0xcbf2_9ce4_8422_2325
        for place in address..<(address + size) { number = (number ^ UInt64(bytes[place])) &* 0x100_0000_01b3 }
        for place in port..<(port + 2) { number = (number ^ UInt64(bytes[place])) &* 0x100_0000_01b3 }
        return number
    }

    /// The largest segment size among the options of a SYN; zero if there is none.
    private static func announced(_ bytes: UnsafeRawBufferPointer, from begin: Int, to end: Int) -> Int {
        var place = begin
        while place + 1 < end {
            switch bytes[place] {
            case 0: return 0
            case 1: place += 1
            case 2 where bytes[place + 1] == 4 && place + 4 <= end:
                return Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
            default: place += max(2, Int(bytes[place + 1]))
            }
        }
        return 0
    }
}
