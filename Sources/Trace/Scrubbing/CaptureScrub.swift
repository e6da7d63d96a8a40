// SPDX-License-Identifier: Apache-2.0
import Derivation
import Documents
import FoundationEssentials
import Pcap
import Quantities
import System
import SystemPackage

/// Makes a capture, and the event log next to it, fit to be shown to others. Documentation/scrubbing.md says against
/// whom.
package enum CaptureScrub {
    package struct Summary: Sendable, Equatable {
        package var packets = 0
        /// Packets in simple packet blocks, or with an impossible time. They keep their place in the file and get the
        /// preceding packet's time, but have no contents: derivation does not count them, and would if they had.
        package var packetsWithoutTime = 0
        package var damage: [CaptureDamage] = []
    }

    /// A larger snap length is one that keeps whole packets.
    private static let largestSnapLength = ByteCount(262_144)

    /// Writes `path` as pcapng with nanosecond time stamps. Every packet goes through `PacketScrub`. It also gets the
    /// direction in which derivation takes it to have gone, because pseudonyms would let that be guessed differently.
    /// Of an interface its name, link type, snap length and last statistics are left.
    package static func scrub(_ path: String, to output: FilePath, _ pseudonyms: inout Pseudonyms) throws -> Summary {
        // The interfaces are needed first, and their descriptions may be anywhere in the file.
        let survey = try CaptureSurvey(CaptureSource(file: path))
        var writer = try PcapngWriter(
            to: CaptureFile(creating: output, isKept: false), section: .init(application: "walkback scrub"))
        for interface in survey.described {
            let snapLength = interface.snapLength > largestSnapLength ? .zero : interface.snapLength
            _ = try writer.addInterface(
                CaptureInterface(
                    name: interface.name.map(pseudonyms.interface), linkType: interface.linkType,
                    snapLength: snapLength))
        }
        var summary = Summary(damage: survey.damage)
        var last = Timestamp(nanoseconds: 0)
        var scrub = PacketScrub(pseudonyms)
        var reader = try CaptureReader(path)
        try reader.forEach { packet in
            let direction = survey.direction(of: packet)
            var bytes = scrub.scrubbed(packet, direction: direction)
            if let time = packet.time {
                last = time
            } else {
                summary.packetsWithoutTime += 1
                bytes = [UInt8](repeating: 0, count: bytes.count)
            }
            try bytes.withUnsafeBytes {
                try writer.write(
                    $0, originalLength: packet.originalLength, time: last, interface: packet.interface,
                    direction: direction)
            }
            summary.packets += 1
        }
        pseudonyms = scrub.keys
        for case (let number, let statistics?) in reader.statistics.enumerated() {
            try writer.write(statistics, of: number, time: last)
        }
        try writer.synchronize()
        return summary
    }

    /// The lines of the event log that `EventScrub` knows, with pseudonyms for addresses and names.
    package static func scrubEvents(_ path: String, _ pseudonyms: inout Pseudonyms) throws -> String {
        let decoder = JSONDecoder()
        var text = ""
        for line in try InputFile.read(path).text().split(separator: "\n") {
            let event = try? decoder.decode(EventScrub.self, from: Data(line.utf8))
            if let event = event?.published(&pseudonyms) { text += event.oneLine + "\n" }
        }
        return text
    }
}
