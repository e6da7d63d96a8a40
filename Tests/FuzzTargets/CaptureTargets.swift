// SPDX-License-Identifier: Apache-2.0
import Documents
import Inspection
import Pcap
import Quantities

extension FuzzTargets {
    /// Captures in each of their formats, plain and compressed.
    static let capture = [
        FuzzTarget("pcap", seeds: { try CaptureSeeds.classic() }) { try capture($0, as: "pcap") },
        FuzzTarget("pcapng", seeds: { try CaptureSeeds.blocks() }) { try capture($0, as: "pcapng") },
        FuzzTarget("compressed", seeds: { [CaptureSeeds.gzip, try CaptureSeeds.zstd()] }) { input in
            // What begins like neither is a matter of the other two targets.
            guard input.starts(with: [0x1f, 0x8b]) || input.starts(with: [0x28, 0xb5]) || input.first == 0x50 else {
                throw Fault.input("input", "is not compressed")
            }
            try capture(input, as: nil)
        },
    ]

    /// - Parameter format: the only format whose files are read further; nil: any.
    private static func capture(_ input: [UInt8], as format: String?) throws {
        let path = try Scratch.write("capture", input)
        var reader = try CaptureReader(path)
        if let format, format != (reader.format == .pcapng ? "pcapng" : "pcap") || reader.compression != nil {
            throw Fault.input(path, "has another format")
        }
        var (packets, bytes) = (0, Int64(0))
        try reader.forEach { packet in
            packets += 1
            bytes += packet.internetPacket?.length.bytes ?? 0
            _ = packet.comments
            _ = packet.direction
        }
        var again = try CaptureReader(path)
        let summary = CaptureSummary(of: &again)
        let counts = summary.interfaces.map(\.protocols.internet)
        try expect(summary.interfaces.reduce(0) { $0 + $1.packets } == packets, "a summary has other packets")
        try expect(counts.reduce(0) { $0 + $1.bytes.bytes } == bytes, "a summary has other bytes")
        try expect(again.damage == reader.damage, "a summary has other damage")
        // The plots of two days take a hundred times as long as reading, so most inputs with so much do without.
        let bins = summary.interfaces.reduce(0) { $0 + $1.throughput.bins.count }
        if bins < 10_000 || input.count.isMultiple(of: 16) { _ = try Inspection.of(path).document.text }
    }

    /// One packet, without a file: two bytes of link type, two that say how much longer it was on the wire, one with
    /// the length of its block's options, those, and the packet.
    static let dissection = FuzzTarget("dissection", seeds: { CaptureSeeds.packets }) { input in
        guard input.count >= 5 else { throw Fault.input("input", "is too short") }
        let linkType = LinkType(rawValue: UInt16(input[0]) << 8 | UInt16(input[1]))
        let missing = Int64(input[2]) << 8 | Int64(input[3])
        let options = input[5...].prefix(Int(input[4]))
        let bytes = input[(5 + options.count)...]
        optionsPage.with(options) { options in
            packetPage.with(bytes) { span in
                let length = ByteCount(Int64(span.byteCount) + missing)
                let packet = Packet(span, linkType, originalLength: length, options: options)
                _ = packet.direction
                _ = packet.comments
                guard let internet = packet.internetPacket else { return }
                _ = "\(internet.source) \(internet.destination)"
                guard case .tcp(let segment) = internet.transport else { return }
                var rest = packet.options(of: segment)
                _ = rest.timestamps
                while rest.next() != nil {}
            }
        }
    }

    // Every reader of these runs on one thread.
    private nonisolated(unsafe) static let packetPage = GuardedPage(size: 1 << 16)
    private nonisolated(unsafe) static let optionsPage = GuardedPage(size: 1 << 8)
}
