// SPDX-License-Identifier: Apache-2.0
extension Dissection {
    /// An IP packet's part in what a capture has of its transport.
    struct Share {
        enum Kind { case tcp, udp, icmp, other }

        var kind: Kind
        /// Header and all.
        var length: Int

        init(kind: Kind, length: Int) {
            self.kind = kind
            self.length = length
        }

        @inline(__always)
        init(_ packet: IPPacket) {
            kind =
                switch packet.transport {
                case .tcp: .tcp
                case .udp: .udp
                case .icmp: .icmp
                case .other: .other
                }
            length = packet.lengthBytes
        }
    }

    /// What sums need of an IP packet: as `internetPacket` has it, with little code where it is called. All but the
    /// commonest is left to functions that are called, since beyond some size the compiler inlines no more.
    @inline(__always)
    static func share(in bytes: RawSpan, _ linkType: LinkType, wireLength: Int) -> Share? {
        if linkType == .ethernet, LinkHeader.isPlainVersionFour(bytes),
            let lengths = plainLengths(bytes, LinkHeader.ethernetSize, wireLength &- LinkHeader.ethernetSize)
        {
            return Share(kind: .tcp, length: lengths.packet)
        }
        return shareOfAny(bytes, linkType, wireLength)
    }

    @inline(never)
    private static func shareOfAny(_ bytes: RawSpan, _ linkType: LinkType, _ wireLength: Int) -> Share? {
        guard let place = LinkHeader.internetPlace(in: bytes, linkType) else { return nil }
        let left = wireLength &- place.offset
        switch version(bytes, place) {
        case 4:
            if let lengths = plainLengths(bytes, place.offset, left) {
                return Share(kind: .tcp, length: lengths.packet)
            }
            return versionFour(bytes, place.offset, left).map(Share.init)
        case 6: return shareOfSix(bytes, place.offset, left)
        default: return nil
        }
    }

    @inline(never)
    private static func shareOfSix(_ bytes: RawSpan, _ start: Int, _ wireLength: Int) -> Share? {
        versionSix(bytes, start, wireLength).map(Share.init)
    }
}
