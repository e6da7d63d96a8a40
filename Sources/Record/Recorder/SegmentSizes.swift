// SPDX-License-Identifier: Apache-2.0
/// The payload of the segments that the kernel merged before the capture saw them (GRO), or splits afterwards (TSO).
/// libpcap does not tell it, so it is reckoned for each connection and direction.
///
/// Both ends of a TCP connection announce a size when it begins, from which the options of each segment are taken. If
/// its beginning was not seen, the merged packets tell it: all segments of one but the last are equal, so the payload
/// of a merged packet that is not the end of something is a multiple of it. Of UDP, packets that were not merged tell
/// it.
struct SegmentSizes {
    /// What is needed of a packet.
    struct Segment: Equatable {
        /// The same for both directions of a connection.
        var flow: UInt64
        /// Tells the directions apart.
        var isReversed: Bool
        var isTCP: Bool
        /// The sizes of the IP header, and of that with the transport header and its options.
        var internetHeader: Int
        var headers: Int
        var payload: Int
        /// The size that a SYN announces; zero if it is none or announces nothing.
        var announced = 0
        /// Whether the sender has nothing more to send for now, so that the last segment may be smaller.
        var isEnd = true
    }

    private struct Way {
        /// The greatest common divisor of the payloads of merged packets; zero if there was none.
        var divisor = 0
        /// The largest payload of a packet that was not merged.
        var largest = 0
    }

    private struct Flow {
        var key: UInt64 = 0
        /// The smaller of the announced sizes; zero if none was seen.
        var announced = 0
        var forth = Way()
        var back = Way()
    }

    /// A connection takes the place of another with the same remainder, which is then learned again.
    private var flows = [Flow](repeating: Flow(), count: 4096)

    /// The TCP header without options, for which announced sizes hold.
    private static let plainHeader = 20

    /// - Parameter mtu: the largest IP packet on the interface.
    /// - Returns: the payload of each segment but the last; nil if the packet was not merged.
    mutating func size(of segment: Segment, mtu: Int) -> Int? {
        let room = mtu - segment.headers
        guard room > 0 else { return nil }
        let index = Int(segment.flow % UInt64(flows.count))
        if flows[index].key != segment.flow { flows[index] = Flow(key: segment.flow) }
        if segment.announced > 0 {
            let known = flows[index].announced
            flows[index].announced = known == 0 ? segment.announced : min(known, segment.announced)
        }
        if segment.isTCP, flows[index].announced > 0 {
            let options = segment.headers - segment.internetHeader - Self.plainHeader
            let size = min(flows[index].announced - options, room)
            return size > 0 && segment.payload > size ? size : nil
        }
        var way = segment.isReversed ? flows[index].back : flows[index].forth
        let isMerged = segment.payload > room
        if !isMerged {
            way.largest = max(way.largest, segment.payload)
        } else if !segment.isEnd {
            let divisor = way.divisor == 0 ? segment.payload : Self.commonDivisor(way.divisor, segment.payload)
            // A smaller one comes from a packet whose last segment was smaller, now or before.
            way.divisor = 2 * divisor > room ? divisor : segment.payload
        }
        if segment.isReversed { flows[index].back = way } else { flows[index].forth = way }
        return isMerged ? Self.size(way, room) : nil
    }

    private static func size(_ way: Way, _ room: Int) -> Int {
        if way.divisor > 0 {
            // It may be a multiple of the size, of which the largest part that fits is taken.
            let parts = (way.divisor + room - 1) / room
            if way.divisor % parts == 0 { return way.divisor / parts }
        }
        return 2 * way.largest > room ? way.largest : room
    }

    private static func commonDivisor(_ one: Int, _ other: Int) -> Int {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one
    }
}
