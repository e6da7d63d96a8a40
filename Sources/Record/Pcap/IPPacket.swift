// SPDX-License-Identifier: Apache-2.0
import Quantities

/// The outermost IP packet in a captured packet, since that is what the path had to carry.
///
/// Lengths are those on the wire; less may have been captured. Positions are in bytes from the start of the captured
/// packet.
package struct IPPacket: Sendable, Equatable {
    package enum Transport: Sendable, Equatable {
        case tcp(TCPSegment)
        case udp(UDPDatagram)
        case icmp(ICMPMessage)
        /// Another protocol, a fragment after the first, or too little captured.
        case other
    }

    package let source: InternetAddress
    package let destination: InternetAddress
    /// Length at the IP layer including the header. If a network card merged several packets into the record, this is
    /// one header and all the payloads.
    package var length: ByteCount { ByteCount(Int64(lengthBytes)) }
    /// A plain integer for code that counts every packet: operators defined in another module are function calls.
    let lengthBytes: Int
    /// The protocol number in the header, or at the end of IPv6's extension headers: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6.
    package let protocolNumber: UInt8
    /// Where the IP header begins, and where the data after it and its extension headers begins.
    package let headerOffset: Int
    package let payloadOffset: Int
    /// Whether this is one of several fragments of a packet.
    package let isFragment: Bool
    package let transport: Transport
}

package struct TCPSegment: Sendable, Equatable {
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let fin = Flags(rawValue: 0x01)
        package static let syn = Flags(rawValue: 0x02)
        package static let reset = Flags(rawValue: 0x04)
        package static let push = Flags(rawValue: 0x08)
        package static let acknowledgement = Flags(rawValue: 0x10)
        package static let urgent = Flags(rawValue: 0x20)
        package static let congestionEcho = Flags(rawValue: 0x40)
        package static let congestionReduced = Flags(rawValue: 0x80)
    }

    package let sourcePort: UInt16
    package let destinationPort: UInt16
    package let sequence: UInt32
    package let acknowledgement: UInt32
    package let flags: Flags
    package let window: UInt16
    /// Bytes of payload on the wire, 0 to 16 MB (merged records are longer than an IP packet can be).
    package let payloadLength: Int
    /// The range in the packet that holds the captured options.
    package let options: Range<Int>
}

package struct UDPDatagram: Sendable, Equatable {
    package let sourcePort: UInt16
    package let destinationPort: UInt16
    /// Bytes of payload on the wire.
    package let payloadLength: Int
    /// The range in the packet that holds the captured payload.
    package let payload: Range<Int>
}

package struct ICMPMessage: Sendable, Equatable {
    package let type: UInt8
    package let code: UInt8
    /// The identifier of an echo request or reply; in other messages, the same bytes.
    package let identifier: UInt16
    package let sequence: UInt16
}
