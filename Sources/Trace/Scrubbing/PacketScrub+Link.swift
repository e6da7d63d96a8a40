// SPDX-License-Identifier: Apache-2.0
import Pcap

/// What precedes the IP header. Of a packet without one only its type and direction are left.
extension PacketScrub {
    private enum EtherType {
        static let ipv4: UInt16 = 0x0800
        static let ipv6: UInt16 = 0x86dd
        static let tags: Set<UInt16> = [0x8100, 0x88a8, 0x9100]
        static let pppoeSession: UInt16 = 0x8864
        /// Others that may be told: ARP, PPPoE discovery, EAPOL, LLDP, MPLS.
        static let others: Set<UInt16> = [0x0806, 0x8863, 0x888e, 0x88cc, 0x8847]
        static let all = tags.union(others).union([ipv4, ipv6, pppoeSession])
    }

    /// Hardware types of cooked captures: Ethernet, PPP, raw IP (519, 530), loopback, tunnels, 802.11, none.
    private static let hardwareTypes: Set<UInt16> = [
        1, 512, 519, 530, 768, 769, 772, 776, 778, 801, 802, 803, 65534,
    ]
    /// The families of BSD's loopback header: IPv4, and IPv6 on four systems.
    private static let families: [UInt32: UInt8] = [2: 4, 10: 6, 24: 6, 28: 6, 30: 6]

    mutating func link(_ linkType: LinkType) {
        switch linkType {
        case .ethernet: ethernet()
        case .linuxCooked: cooked()
        case .linuxCooked2: cookedTwo()
        case .raw, .rawBSD, .rawOpenBSD: orNothing { $0.internet(at: 0, version: nil) }
        case .ipv4: orNothing { $0.internet(at: 0, version: 4) }
        case .ipv6: orNothing { $0.internet(at: 0, version: 6) }
        case .null, .loop: orNothing { $0.addressFamily() }
        case .ppp, .pppSerial: orNothing { $0.pointToPoint(at: 0) }
        case .pppDirectional:
            orNothing { $0.pointToPoint(at: 1) }
            if copy.count > 0 { copy.put(UInt8(direction == .outbound ? 1 : 0), at: 0) }
        case .ieee80211: orNothing { $0.wireless(at: 0, isPadded: false) }
        case .ieee80211Radiotap: orNothing { $0.radiotap() }
        default: break
        }
    }

    /// Leaves nothing if there is no IP packet, whatever was written while looking for it.
    private mutating func orNothing(_ find: (inout PacketScrub) -> Bool) {
        if !find(&self) { copy.clear() }
    }

    mutating func station(at position: Int) {
        guard let address = copy.original(at: position, count: 6) else { return }
        copy.put(keys.station(address), at: position)
    }

    private mutating func ethernet() {
        orNothing {
            $0.station(at: 0)
            $0.station(at: 6)
            return $0.behindEtherType(at: 12)
        }
        keepEtherType(at: 12)
    }

    private mutating func keepEtherType(at position: Int) {
        if let type = copy.number(at: position, as: UInt16.self), EtherType.all.contains(type) {
            copy.put(type, at: position)
        }
    }

    // MARK: Linux cooked

    private mutating func cooked() {
        orNothing {
            $0.cookedStation(at: 6, length: $0.copy.number(at: 4, as: UInt16.self).map(Int.init))
            $0.copy.put($0.copy.number(at: 4, as: UInt16.self).map { $0 <= 8 ? $0 : 0 } ?? 0, at: 4)
            return $0.behindEtherType(at: 14)
        }
        if let type = copy.number(at: 0, as: UInt16.self) { copy.put(UInt16(packetType(type)), at: 0) }
        keepHardwareType(at: 2)
        keepEtherType(at: 14)
    }

    private mutating func cookedTwo() {
        orNothing {
            $0.cookedStation(at: 12, length: $0.copy.byte(at: 11).map(Int.init))
            $0.copy.put($0.copy.byte(at: 11).map { $0 <= 8 ? $0 : 0 } ?? 0, at: 11)
            return $0.copy.count >= 20 && $0.behindEtherType(at: 0, next: 20)
        }
        keepEtherType(at: 0)
        // Interfaces are numbered from 1; a number that no machine reaches is something else.
        if let index = copy.number(at: 4, as: UInt32.self), index < 1 << 16 { copy.put(index, at: 4) }
        keepHardwareType(at: 8)
        if let type = copy.byte(at: 10) { copy.put(packetType(UInt16(type)), at: 10) }
    }

    private mutating func keepHardwareType(at position: Int) {
        if let type = copy.number(at: position, as: UInt16.self), Self.hardwareTypes.contains(type) {
            copy.put(type, at: position)
        }
    }

    /// Whether a packet came (0 to 2), passed by (3) or went (4), such that a reader finds the direction that the
    /// capture states.
    private func packetType(_ type: UInt16) -> UInt8 {
        switch direction {
        case .unknown: 3
        case .outbound: 4
        case .inbound: type <= 2 ? UInt8(type) : 0
        }
    }

    /// The address has eight bytes of room. On a tunnel it is the IPv4 address of its end.
    private mutating func cookedStation(at position: Int, length: Int?) {
        switch length {
        case 6: station(at: position)
        case 4: address(at: position, .v4)
        default: break
        }
    }

    // MARK: EtherTypes and PPP

    mutating func behindEtherType(at place: Int) -> Bool { behindEtherType(at: place, next: place + 2) }

    /// - Parameter next: where that begins of which the EtherType is.
    private mutating func behindEtherType(at place: Int, next: Int) -> Bool {
        var (place, position) = (place, next)
        while let type = copy.number(at: place, as: UInt16.self) {
            if EtherType.all.contains(type) { copy.put(type, at: place) }
            switch type {
            case EtherType.ipv4: return internet(at: position, version: 4)
            case EtherType.ipv6: return internet(at: position, version: 6)
            // The tag's number and priority stay zero.
            case _ where EtherType.tags.contains(type):
                place = position + 2
                position += 4
            case EtherType.pppoeSession:
                // Version and type; the session stays zero; the length of the rest.
                copy.put(0x11 as UInt8, at: position)
                copy.put(UInt16(clamping: wireLength - position - 6), at: position + 4)
                return pointToPoint(at: position + 6)
            default: return false
            }
        }
        return false
    }

    private mutating func pointToPoint(at start: Int) -> Bool {
        var position = start
        if copy.number(at: position, as: UInt16.self) == 0xff03 {
            copy.put(0xff03 as UInt16, at: position)
            position += 2
        }
        guard copy.original(at: position, count: 2) != nil, let first = copy.byte(at: position) else { return false }
        // A number of one byte is odd.
        let isShort = first & 1 != 0
        let number = isShort ? UInt16(first) : copy.number(at: position) ?? 0
        guard number == 0x21 || number == 0x57 else { return false }
        copy.keep(position, count: isShort ? 1 : 2)
        return internet(at: position + (isShort ? 1 : 2), version: number == 0x21 ? 4 : 6)
    }

    private mutating func addressFamily() -> Bool {
        guard let number = copy.number(at: 0, as: UInt32.self) else { return false }
        guard let version = Self.families[min(number, number.byteSwapped)] else { return behindEtherType(at: 2) }
        copy.put(number, at: 0)
        return internet(at: 4, version: version)
    }
}
