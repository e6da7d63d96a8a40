// SPDX-License-Identifier: Apache-2.0
import Glibc
import Pcap
import Quantities
import SystemPackage

/// Small captures with a packet of each kind.
enum CaptureSeeds {
    private static let start: Int64 = 1_700_000_000

    /// IPv4 or IPv6 and TCP with the options that are read, or UDP, or ICMP.
    static let internet: [[UInt8]] = [
        four(6, tcp), four(6, multipath), six(6, tcp), six(0, [6, 0, 1, 4, 0, 0, 0, 0] + tcp),
        six(44, [17, 0, 0, 1, 0, 0, 0, 9] + udp), four(17, udp), four(1, echo), six(58, echo),
    ]

    private static let tcp: [UInt8] = joined(
        [0x13, 0x88, 0xc0, 0x00, 0, 0, 0, 100, 0, 0, 0, 200, 0xb0, 0x18, 1, 0, 0, 0, 0, 0],
        [1, 1, 8, 10, 0, 0, 0, 77, 0, 0, 0, 66], [2, 4, 5, 0xb4, 3, 3, 7, 1],
        [1, 1, 4, 2], payload)
    /// A data sequence signal, and selective acknowledgements.
    private static let multipath: [UInt8] = joined(
        [0x13, 0x88, 0xc0, 0x00, 0, 0, 0, 100, 0, 0, 0, 200, 0xd0, 0x10, 1, 0, 0, 0, 0, 0],
        [30, 20, 0x20, 0x05, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 8, 0, 0],
        [1, 1, 5, 10, 0, 0, 1, 0, 0, 0, 2, 0], payload)
    private static let udp: [UInt8] = joined([0x12, 0xa5, 0xc0, 0x01, 0, 16, 0, 0], payload)
    private static let echo: [UInt8] = [8, 0, 0, 0, 0, 7, 0, 1]
    private static let payload: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// Joins the parts, because chains of `+` cost the compiler minutes.
    static func joined(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

    private static func four(_ number: UInt8, _ rest: [UInt8]) -> [UInt8] {
        joined(
            [0x45, 0, 0, UInt8(20 + rest.count), 0, 1, 0x40, 0, 64, number, 0, 0, 10, 1, 0, 2, 10, 9, 0, 1], rest)
    }

    private static func six(_ next: UInt8, _ rest: [UInt8]) -> [UInt8] {
        joined(
            [0x60, 0, 0, 0, 0, UInt8(rest.count), next, 64, 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
            [0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], rest)
    }

    /// Link types, each with the header that leads to an IPv4 packet.
    private static let links: [(LinkType, [UInt8])] = {
        let stations = [UInt8](repeating: 2, count: 12)
        let frame = [0x88, 0x02] + [UInt8](repeating: 0, count: 24) + [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]
        return [
            (.raw, []), (.null, [2, 0, 0, 0]), (.loop, [0, 0, 0, 2]), (.ppp, [0xff, 3, 0, 0x21]),
            (.pppDirectional, [1, 0xff, 3, 0, 0x21]), (.ethernet, stations + [8, 0]),
            (.ethernet, stations + [0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x88, 0x64, 0x11, 0, 0, 9, 0, 62, 0, 0x21]),
            (.linuxCooked, [0, 4, 2, 7] + [UInt8](repeating: 0, count: 10) + [8, 0]),
            (.linuxCooked2, [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6] + [UInt8](repeating: 0, count: 8)),
            (.ieee80211, frame),
            (.ieee80211Radiotap, [0, 0, 20, 0, 3, 0, 0, 0x80, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + frame),
        ]
    }()

    /// The inputs of the target `dissection`.
    static let packets: [[UInt8]] = {
        func input(_ type: LinkType, _ packet: [UInt8]) -> [UInt8] {
            // The options: a comment, and that the packet came in.
            let options: [UInt8] = [1, 0, 2, 0, 0x68, 0x69, 0, 0, 2, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            return joined(
                [UInt8(type.rawValue >> 8), UInt8(type.rawValue & 0xff), 3, 0xe8, UInt8(options.count)], options, packet
            )
        }
        return internet.map { input(.raw, $0) } + links.dropFirst().map { input($0, $1 + internet[0]) }
    }()

    static func classic() throws -> [[UInt8]] {
        links.enumerated().map { index, link in
            file(link.0, internet.map { link.1 + $0 }, isNanoseconds: index % 2 == 1, isBigEndian: index % 3 == 2)
        }
    }

    private static func file(
        _ type: LinkType, _ packets: [[UInt8]], isNanoseconds: Bool, isBigEndian: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes += $0 }
        }
        add(UInt32(isNanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4))
        add(UInt16(2))
        add(UInt16(4))
        for field in [0, 0, 65535, UInt32(type.rawValue)] { add(field) }
        for (index, packet) in packets.enumerated() {
            for field in [Int(start) + index, 5, packet.count, packet.count + 1000] { add(UInt32(field)) }
            bytes += packet
        }
        return bytes
    }

    /// Files of our own writer: two interfaces with everything that can be said of them.
    static func blocks() throws -> [[UInt8]] {
        [try written(packets: internet.count), try written(packets: 0)]
    }

    static func written(packets: Int, name: String = "wlan0") throws -> [UInt8] {
        Scratch.remove("seed")
        let output = try CaptureFile(creating: FilePath(Scratch.path("seed")))
        var writer = try PcapngWriter(
            to: output,
            section: .init(hardware: "a phone", operatingSystem: "Linux", application: "walkback", comments: ["seed"]))
        let first = try writer.addInterface(
            CaptureInterface(
                name: name, description: "WiFi", linkType: .raw, snapLength: ByteCount(128), filter: "ip",
                operatingSystem: "Linux", hardware: "a card", clock: .nanoseconds))
        let second = try writer.addInterface(
            CaptureInterface(name: "wwan0", linkType: .ethernet, snapLength: .zero, clock: .microseconds),
            comments: ["cellular"])
        for index in 0..<packets {
            let time = Timestamp(nanoseconds: (start * 10 + Int64(index)) * 100_000_000)
            let ethernet = [UInt8](repeating: 2, count: 12) + [8, 0]
            for (interface, packet) in [(first, internet[index]), (second, ethernet + internet[index])] {
                try packet.withUnsafeBytes {
                    try writer.write(
                        $0, originalLength: ByteCount(Int64(packet.count + 100)), time: time, interface: interface,
                        direction: index % 2 == 0 ? .inbound : .outbound)
                }
            }
        }
        let end = Timestamp(nanoseconds: (start + 1) * 1_000_000_000)
        try writer.write(
            InterfaceStatistics(
                start: Timestamp(nanoseconds: start * 1_000_000_000), end: end, received: 8, droppedByInterface: 0,
                accepted: 8, droppedBySystem: 0, delivered: 8), of: first, time: end)
        try writer.synchronize()
        return try Scratch.read("seed")
    }

    /// Three UDP datagrams in raw IP, as gzip packs them.
    static let gzip: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xbb, 0x72, 0x78, 0xd3, 0x42, 0x26, 0x06, 0x16,
        0x06, 0x18, 0xf8, 0xff, 0x9f, 0x81, 0x21, 0x15, 0xc4, 0xf8, 0x18, 0x9c, 0xca, 0x0a, 0xa4, 0x64, 0xa0, 0xd8,
        0x15, 0x44, 0x31, 0x3a, 0x30, 0x38, 0x08, 0x32, 0x30, 0x70, 0x31, 0x32, 0x30, 0x71, 0x71, 0x32, 0x30, 0x0a,
        0x2d, 0x3d, 0xc0, 0xc8, 0xc0, 0xc1, 0xc0, 0xc0, 0x48, 0x82, 0x5a, 0x26, 0x12, 0xd4, 0x02, 0x00, 0xf1, 0x87,
        0xab, 0x95, 0x9c, 0x00, 0x00, 0x00,
    ]

    /// A capture within a zstd frame, as a single block that is not compressed (RFC 8878, section 3.1.1).
    static func zstd() throws -> [UInt8] {
        let file = try written(packets: 2)
        // One segment, whose size has two bytes from which 256 was subtracted.
        let size = file.count - 256
        let block = file.count << 3 | 1
        return joined(
            [0x28, 0xb5, 0x2f, 0xfd, 0x60, UInt8(size & 0xff), UInt8(size >> 8)],
            [UInt8(block & 0xff), UInt8(block >> 8 & 0xff), UInt8(block >> 16)], file)
    }
}
