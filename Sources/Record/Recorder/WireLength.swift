// SPDX-License-Identifier: Apache-2.0
/// What a captured packet was on the wire: the kernel may have merged several before the capture saw it (GRO), or may
/// split it afterwards (TSO).
struct WireLength: Equatable {
    /// Bytes from the IP header on, including the headers of every packet on the wire.
    let ipBytes: Int64
    let packets: Int64

    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17

    /// - Parameters:
    ///   - header: the captured bytes from the IP header on.
    ///   - length: length from the IP header on, as the kernel saw it; short Ethernet frames are padded.
    ///   - segmentSize: payload of each merged packet; zero if the packet was not merged or the size is unknown.
    ///   - mtu: the largest IP packet, given if segment sizes are unknown: a larger packet is taken to be merged from
    ///     packets of this size. nil if they are known.
    init(header: UnsafeRawBufferPointer, length: Int, segmentSize: Int, mtu: Int?) {
        guard let headers = Self.headers(header, length) else {
            ipBytes = Int64(length)
            packets = 1
            return
        }
        let payload = headers.total - headers.size
        var segment = segmentSize
        if segment == 0, let mtu, headers.total > mtu { segment = mtu - headers.size }
        guard segment > 0, payload > segment else {
            ipBytes = Int64(headers.total)
            packets = 1
            return
        }
        let count = (payload + segment - 1) / segment
        ipBytes = Int64(headers.total + (count - 1) * headers.size)
        packets = Int64(count)
    }

    /// The packet's length and the length of each segment's headers; nil if they were not captured.
    private static func headers(_ bytes: UnsafeRawBufferPointer, _ length: Int) -> (total: Int, size: Int)? {
        guard bytes.count >= 20 else { return nil }
        func sixteen(_ place: Int) -> Int { Int(bytes[place]) << 8 | Int(bytes[place + 1]) }
        let ip: Int
        var total: Int
        let transport: UInt8
        switch bytes[0] >> 4 {
        case 4:
            ip = Int(bytes[0] & 15) * 4
            total = sixteen(2)
            // A later fragment has no transport header.
            transport = sixteen(6) & 0x1fff == 0 ? bytes[9] : 0
        case 6:
            guard bytes.count >= 40 else { return nil }
            ip = 40
            total = sixteen(4) + 40
            transport = bytes[6]
        default:
            return nil
        }
        // A merged packet may be longer than 16 bits can express; the field is then zero.
        if total < ip + 8 || total > length { total = length }
        var size = ip
        if transport == tcp, bytes.count >= ip + 13 { size += Int(bytes[ip + 12] >> 4) * 4 }
        if transport == udp { size += 8 }
        return size <= total ? (total, size) : (total, ip)
    }
}
