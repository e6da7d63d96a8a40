// SPDX-License-Identifier: Apache-2.0
extension Dissection {
    /// What an IP packet contributes to the totals of its transport protocol.
    struct Share {
        enum Kind { case tcp, udp, icmp, other }

        var kind: Kind
        /// Length of the IP packet including its header.
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

    /// What the totals need to know about an IP packet. The result agrees with `internetPacket` but adds little code to
    /// the caller: everything except the most common case is in functions that are not inlined, because the compiler
    /// stops inlining beyond some size.
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
