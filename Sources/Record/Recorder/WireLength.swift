// SPDX-License-Identifier: Apache-2.0
/// What one captured packet was on the wire: the kernel may have merged several before it was seen (GRO), or have yet
/// to cut it (TSO).
struct WireLength: Equatable {
    /// From the IP header on, the headers of every packet counted.
    let ipBytes: Int64
    let packets: Int64

    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17

    /// - Parameters:
    ///   - header: from the IP header on, as much as was captured.
    ///   - length: from the IP header on, as the kernel saw it; short Ethernet frames are padded.
    ///   - segmentSize: payload of each packet that was merged; zero: it was not, or that is not known.
    ///   - mtu: the largest IP packet where segments are not known: what is larger was merged from such as fill it; nil
    ///     where they are known.
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

    /// The packet's length and that of the headers that each of its segments has; nil where they were not captured.
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
        // What is merged may be longer than 16 bits can say, and says zero then.
        if total < ip + 8 || total > length { total = length }
        var size = ip
        if transport == tcp, bytes.count >= ip + 13 { size += Int(bytes[ip + 12] >> 4) * 4 }
        if transport == udp { size += 8 }
        return size <= total ? (total, size) : (total, ip)
    }
}
