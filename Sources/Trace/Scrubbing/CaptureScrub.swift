// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Pcap
import System
import SystemPackage

/// Makes a capture, and the event log next to it, fit to be shown to others.
package enum CaptureScrub {
    package struct Summary: Sendable, Equatable {
        package var packets = 0
        /// Packets in simple packet blocks: they keep their place in the file and get the preceding packet's time
        /// stamp.
        package var packetsWithoutTime = 0
        package var damage: [CaptureDamage] = []
    }

    /// Writes `path` as pcapng with nanosecond time stamps. Every packet goes through `PacketScrub`. Interfaces lose
    /// their filters and comments, which may contain addresses, and keep their last statistics.
    package static func scrub(_ path: String, to output: FilePath, _ pseudonyms: inout Pseudonyms) throws -> Summary {
        // The first pass collects the interfaces because their descriptions may be anywhere in the file.
        var first = try CaptureReader(path)
        try first.forEach { _ in }
        let interfaces = first.interfaces
        var writer = try PcapngWriter(
            to: CaptureFile(creating: output, isKept: false), section: .init(application: "walkback scrub"))
        for var interface in interfaces {
            interface.filter = nil
            _ = try writer.addInterface(interface)
        }
        var summary = Summary(damage: first.damage.first)
        var last = Timestamp(nanoseconds: 0)
        var keys = pseudonyms
        var reader = try CaptureReader(path)
        try reader.forEach { packet in
            if let time = packet.time { last = time } else { summary.packetsWithoutTime += 1 }
            try PacketScrub.scrubbed(packet, &keys).withUnsafeBytes {
                try writer.write(
                    $0, originalLength: packet.originalLength, time: last, interface: packet.interface,
                    direction: packet.direction)
            }
            summary.packets += 1
        }
        pseudonyms = keys
        for case (let number, let statistics?) in reader.statistics.enumerated() {
            try writer.write(statistics, of: number, time: last)
        }
        try writer.synchronize()
        return summary
    }

    /// The lines of the event log without positions, and with a pseudonym for every text that is an address.
    package static func scrubEvents(_ path: String, _ pseudonyms: inout Pseudonyms) throws -> String {
        var text = ""
        for line in try InputFile.read(path).text().split(separator: "\n") {
            if line.contains("\"latitude") || line.contains("\"position\"") { continue }
            let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
            text += parts.map { replaced($0, &pseudonyms) }.joined(separator: "\"") + "\n"
        }
        return text
    }

    private static func replaced(_ text: Substring, _ pseudonyms: inout Pseudonyms) -> String {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let name = parts.first.map(String.init) else { return String(text) }
        if let address = InternetAddress(parsing: name) {
            let length = parts.count > 1 ? "/\(parts[1])" : ""
            return "\(pseudonyms.pseudonym(of: address))\(length)"
        }
        let octets = name.split(separator: ":").compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        guard octets.count == 6, name.count == 17 else { return String(text) }
        return pseudonyms.station(octets).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}

extension InternetAddress {
    /// nil if `text` is not an address.
    init?(parsing text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        func number(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(v4: UInt32(number(0..<4)))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(v6: number(0..<8), number(8..<16))
        } else {
            return nil
        }
    }
}
