// SPDX-License-Identifier: Apache-2.0
extension Packet {
    /// The IP packet in this one; nil if there is none or if too little was captured to tell.
    ///
    /// Inlined together with everything it calls, so that fields the caller does not use cost nothing.
    package var internetPacket: IPPacket? {
        @inline(__always)
        get { Dissection.internetPacket(in: bytes, linkType, wireLength: originalBytes) }
    }

    /// The TCP options of a segment in this packet.
    @_lifetime(copy self)
    package func options(of segment: TCPSegment) -> TCPOptions {
        TCPOptions(bytes.extracting(segment.options.clamped(to: 0..<bytes.byteCount)))
    }
}

/// Parses IP headers and the headers of the transport protocols.
enum Dissection {
    /// - Parameter wireLength: length of the whole packet including the link header.
    @inline(__always)
    static func internetPacket(in bytes: RawSpan, _ linkType: LinkType, wireLength: Int) -> IPPacket? {
        guard let place = LinkHeader.internetPlace(in: bytes, linkType) else { return nil }
        let left = wireLength &- place.offset
        switch version(bytes, place) {
        case 4: return plain(bytes, place.offset, left) ?? versionFour(bytes, place.offset, left)
        case 6: return versionSix(bytes, place.offset, left)
        default: return nil
        }
    }

    /// 4 or 6 if link and IP header agree; nil if they do not.
    @inline(__always)
    static func version(_ bytes: RawSpan, _ place: LinkHeader.Place) -> UInt8? {
        guard bytes.byteCount > place.offset else { return nil }
        let version = bytes.byte(unchecked: place.offset) >> 4
        return version == place.version ?? version ? version : nil
    }

    /// The lengths of the IP packet and the TCP header in the most common case: unfragmented IPv4 without options that
    /// carries TCP, with all headers captured except possibly TCP's options. nil for any other packet.
    @inline(__always)
    static func plainLengths(
        _ bytes: RawSpan, _ start: Int, _ wireLength: Int
    ) -> (packet: Int, header: Int)? {
        guard bytes.byteCount >= start &+ 40, bytes.byte(unchecked: start) == 0x45,
            // Checks the fragment flags and offset and the protocol; ignores the time to live.
            bytes.network(unchecked: start &+ 6, as: UInt32.self) & 0x3fff_00ff == 6
        else { return nil }
        let packet = Int(bytes.network(unchecked: start &+ 2, as: UInt16.self))
        let header = Int(bytes.byte(unchecked: start &+ 32) >> 4) &* 4
        guard packet <= wireLength, header >= 20, packet >= 20 &+ header else { return nil }
        return (packet, header)
    }

    /// The packet that `plainLengths` describes, equal to what `versionFour` would return.
    @inline(__always)
    static func plain(_ bytes: RawSpan, _ start: Int, _ wireLength: Int) -> IPPacket? {
        guard let lengths = plainLengths(bytes, start, wireLength) else { return nil }
        return IPPacket(
            source: InternetAddress(v4: bytes.network(unchecked: start &+ 12)),
            destination: InternetAddress(v4: bytes.network(unchecked: start &+ 16)), lengthBytes: lengths.packet,
            protocolNumber: 6, headerOffset: start, payloadOffset: start &+ 20, isFragment: false,
            transport: .tcp(
                segment(
                    bytes, start &+ 20, header: lengths.header,
                    captured: min(bytes.byteCount &- start, lengths.packet) &- 20, wireLength: lengths.packet &- 20)))
    }

    @inline(__always)
    static func versionFour(_ bytes: RawSpan, _ start: Int, _ wireLength: Int) -> IPPacket? {
        guard bytes.byteCount >= start &+ 20 else { return nil }
        let header = Int(bytes.byte(unchecked: start) & 0x0f) &* 4
        guard header >= 20 else { return nil }
        let total = Int(bytes.network(unchecked: start &+ 2, as: UInt16.self))
        // The length is zero if the network card is to split a long packet (TSO). Link padding is not counted, and a
        // length larger than what the link carried is not believed.
        let length = total == 0 ? wireLength : min(total, wireLength)
        guard length >= header else { return nil }
        let fragment = bytes.network(unchecked: start &+ 6, as: UInt16.self)
        let protocolNumber = bytes.byte(unchecked: start &+ 9)
        let isLater = fragment & 0x1fff != 0
        return IPPacket(
            source: InternetAddress(v4: bytes.network(unchecked: start &+ 12)),
            destination: InternetAddress(v4: bytes.network(unchecked: start &+ 16)), lengthBytes: length,
            protocolNumber: protocolNumber, headerOffset: start, payloadOffset: start &+ header,
            isFragment: fragment & 0x3fff != 0,
            transport: isLater
                ? .other : transport(bytes, start &+ header, protocolNumber, wireLength: length &- header))
    }

    @inline(__always)
    static func versionSix(_ bytes: RawSpan, _ start: Int, _ wireLength: Int) -> IPPacket? {
        guard bytes.byteCount >= start + 40 else { return nil }
        let payload = Int(bytes.network(at: start + 4, as: UInt16.self))
        let length = payload == 0 ? wireLength : min(payload + 40, wireLength)
        guard length >= 40 else { return nil }
        let end = start + length
        var next = bytes.byte(at: start + 6)
        var position = start + 40
        var isFragment = false
        var isLater = false
        // Extension headers (RFC 8200, section 4). Each gives the number of the next header and, with one exception,
        // its own length.
        walk: while position + 8 <= min(bytes.byteCount, end) {
            switch next {
            case 44:
                let field = bytes.network(at: position + 2, as: UInt16.self)
                isFragment = field & 0xfff9 != 0
                isLater = field & 0xfff8 != 0
                next = bytes.byte(at: position)
                position += 8
                if isLater { break walk }
            case 0, 43, 60, 135:
                next = bytes.byte(at: position)
                position += (Int(bytes.byte(at: position + 1)) + 1) * 8
            // The authentication header counts in units of four bytes and leaves two of them out.
            case 51:
                next = bytes.byte(at: position)
                position += (Int(bytes.byte(at: position + 1)) + 2) * 4
            default: break walk
            }
        }
        return IPPacket(
            source: InternetAddress(v6: bytes.network(at: start + 8), bytes.network(at: start + 16)),
            destination: InternetAddress(v6: bytes.network(at: start + 24), bytes.network(at: start + 32)),
            lengthBytes: length, protocolNumber: next, headerOffset: start, payloadOffset: position,
            isFragment: isFragment,
            transport: isLater ? .other : transport(bytes, position, next, wireLength: end - position))
    }

    /// - Parameters:
    ///   - start: where the TCP header begins; at least 20 bytes of it were captured.
    ///   - header: length of the header including its options.
    @inline(__always)
    private static func segment(
        _ bytes: RawSpan, _ start: Int, header: Int, captured: Int, wireLength: Int
    ) -> TCPSegment {
        TCPSegment(
            sourcePort: bytes.network(unchecked: start), destinationPort: bytes.network(unchecked: start &+ 2),
            sequence: bytes.network(unchecked: start &+ 4), acknowledgement: bytes.network(unchecked: start &+ 8),
            flags: TCPSegment.Flags(rawValue: bytes.byte(unchecked: start &+ 13)),
            window: bytes.network(unchecked: start &+ 14), payloadLength: wireLength &- header,
            options: Range(uncheckedBounds: (start &+ 20, start &+ min(header, captured))))
    }

    /// - Parameter wireLength: length on the wire of the transport header and everything after it.
    @inline(__always)
    private static func transport(
        _ bytes: RawSpan, _ start: Int, _ protocolNumber: UInt8, wireLength: Int
    ) -> IPPacket.Transport {
        let captured = min(bytes.byteCount &- start, wireLength)
        switch protocolNumber {
        case 6:
            guard captured >= 20 else { return .other }
            let header = Int(bytes.byte(unchecked: start &+ 12) >> 4) &* 4
            guard header >= 20, header <= wireLength else { return .other }
            return .tcp(segment(bytes, start, header: header, captured: captured, wireLength: wireLength))
        case 17:
            guard captured >= 8 else { return .other }
            let length = Int(bytes.network(at: start + 4, as: UInt16.self))
            // The length is zero in a jumbogram (RFC 2675).
            let whole = length < 8 ? wireLength : min(length, wireLength)
            return .udp(
                UDPDatagram(
                    sourcePort: bytes.network(at: start), destinationPort: bytes.network(at: start + 2),
                    payloadLength: whole - 8, payload: (start + 8)..<(start + min(whole, captured))))
        case 1, 58:
            guard captured >= 8 else { return .other }
            return .icmp(
                ICMPMessage(
                    type: bytes.byte(at: start), code: bytes.byte(at: start + 1),
                    identifier: bytes.network(at: start + 4), sequence: bytes.network(at: start + 6)))
        default: return .other
        }
    }
}
