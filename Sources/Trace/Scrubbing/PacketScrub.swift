// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// Makes the packet that may be shown from one that was captured.
///
/// It begins with zeros, and each header that is read here writes what may be known of it: fields of which no value
/// names anybody (lengths, ports, flags), and pseudonyms. Everything else stays zero, whether it is known to be secret
/// or not known at all: payloads, checksums, options, tunnels, other protocols. Documentation/scrubbing.md has the
/// list.
///
/// Headers are found where `Packet.internetPacket` finds them, since traces must be the same afterwards.
struct PacketScrub {
    var keys: Pseudonyms
    var copy = PacketCopy(of: [])
    /// Length on the wire, including the link header.
    private(set) var wireLength = 0
    /// The direction that the scrubbed capture will state.
    private(set) var direction = PacketDirection.unknown

    init(_ keys: Pseudonyms) {
        self.keys = keys
    }

    mutating func scrubbed(_ packet: borrowing Packet, direction: PacketDirection) -> [UInt8] {
        copy = PacketCopy(of: packet.bytes.withUnsafeBytes { Array($0) })
        wireLength = max(Int(packet.originalLength.bytes), copy.count)
        self.direction = direction
        link(packet.linkType)
        return copy.bytes
    }

    /// The IP packet that begins at `start`.
    ///
    /// - Parameter version: what the link header says; nil if it does not.
    /// - Returns: whether there is one.
    mutating func internet(at start: Int, version: UInt8?) -> Bool {
        guard let first = copy.byte(at: start), first >> 4 == version ?? first >> 4 else { return false }
        switch first >> 4 {
        case 4: return versionFour(at: start)
        case 6: return versionSix(at: start)
        default: return false
        }
    }
}
