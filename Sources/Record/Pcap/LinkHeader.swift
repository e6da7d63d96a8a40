// SPDX-License-Identifier: Apache-2.0
/// Parses what precedes the IP header, for each link type.
package enum LinkHeader {
    /// Where an IP header begins, and its version if the link header gives it.
    struct Place {
        var offset: Int
        var version: UInt8?
    }

    private enum EtherType {
        static let ipv4: UInt16 = 0x0800
        static let ipv6: UInt16 = 0x86dd
        static let vlan: UInt16 = 0x8100
        static let vlanStacked: UInt16 = 0x88a8
        static let vlanStackedOld: UInt16 = 0x9100
        static let pppoeSession: UInt16 = 0x8864
    }

    static let ethernetSize = 14

    /// Whether an Ethernet frame has no tags and carries IPv4.
    @inline(__always)
    static func isPlainVersionFour(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= ethernetSize && bytes.network(unchecked: 12) == EtherType.ipv4
    }

    @inline(__always)
    static func internetPlace(in bytes: RawSpan, _ linkType: LinkType) -> Place? {
        // Nearly every packet takes this branch, so it is checked first and outside the switch.
        if linkType == .ethernet, isPlainVersionFour(bytes) { return Place(offset: ethernetSize, version: 4) }
        return switch linkType {
        case .ethernet: behindEtherType(bytes, at: 12)
        case .linuxCooked: behindEtherType(bytes, at: 14)
        case .linuxCooked2:
            bytes.byteCount >= 20 ? behind(bytes.network(at: 0), in: bytes, at: 20) : nil
        case .raw, .rawBSD, .rawOpenBSD: Place(offset: 0, version: nil)
        case .ipv4: Place(offset: 0, version: 4)
        case .ipv6: Place(offset: 0, version: 6)
        case .null, .loop: behindAddressFamily(bytes)
        case .ppp, .pppSerial: behindPPP(bytes, at: 0)
        case .pppDirectional: behindPPP(bytes, at: 1)
        case .ieee80211: WirelessHeader.internetPlace(in: bytes, at: 0, isPadded: false)
        case .ieee80211Radiotap: WirelessHeader.internetPlaceBehindRadiotap(in: bytes)
        default: nil
        }
    }

    /// Where an IP header begins; nil if there is none.
    package static func internetOffset(in bytes: UnsafeRawBufferPointer, _ linkType: LinkType) -> Int? {
        let place = internetPlace(in: bytes.bytes, linkType)
        return place?.offset
    }

    /// - Parameter offset: the position of the EtherType.
    @inline(__always)
    static func behindEtherType(_ bytes: RawSpan, at offset: Int) -> Place? {
        guard bytes.byteCount >= offset &+ 2 else { return nil }
        return behind(bytes.network(unchecked: offset), in: bytes, at: offset &+ 2)
    }

    @inline(__always)
    private static func behind(_ type: UInt16, in bytes: RawSpan, at offset: Int) -> Place? {
        var type = type
        var offset = offset
        while true {
            switch type {
            case EtherType.ipv4: return Place(offset: offset, version: 4)
            case EtherType.ipv6: return Place(offset: offset, version: 6)
            case EtherType.vlan, EtherType.vlanStacked, EtherType.vlanStackedOld:
                guard bytes.byteCount >= offset + 4 else { return nil }
                type = bytes.network(at: offset + 2)
                offset += 4
            // Skips version, code, session and length.
            case EtherType.pppoeSession: return behindPPP(bytes, at: offset + 6)
            default: return nil
            }
        }
    }

    /// RFC 1661 and 1662: optionally address and control, then a protocol number of two bytes, or of one if compressed.
    private static func behindPPP(_ bytes: RawSpan, at start: Int) -> Place? {
        var offset = start
        if bytes.byteCount >= offset + 2, bytes.network(at: offset, as: UInt16.self) == 0xff03 { offset += 2 }
        guard bytes.byteCount >= offset + 2 else { return nil }
        var number = UInt16(bytes.byte(at: offset))
        offset += 1
        if number & 1 == 0 {
            number = number << 8 | UInt16(bytes.byte(at: offset))
            offset += 1
        }
        switch number {
        case 0x0021: return Place(offset: offset, version: 4)
        case 0x0057: return Place(offset: offset, version: 6)
        default: return nil
        }
    }

    /// Accepts the address family in either byte order because that of the capturing machine is unknown; IPv6 has a
    /// different number on each system.
    private static func behindAddressFamily(_ bytes: RawSpan) -> Place? {
        guard bytes.byteCount >= 4 else { return nil }
        let number = bytes.number(at: 0, as: UInt32.self, swapped: false)
        switch min(number, number.byteSwapped) {
        case 2: return Place(offset: 4, version: 4)
        case 10, 24, 28, 30: return Place(offset: 4, version: 6)
        // Some writers put an EtherType into the second half of the field.
        default: return behindEtherType(bytes, at: 2)
        }
    }
}
