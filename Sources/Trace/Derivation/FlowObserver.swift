// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// One TCP connection (or subflow) as the near host's interface sees it: round trips, losses, and segment sizes.
struct FlowObserver {
    /// Identifies a flow by the far end and both ports. The near end needs only its port.
    struct Key: Hashable {
        var near: InternetAddress
        var far: InternetAddress
        var nearPort: UInt16
        var farPort: UInt16

        init(_ segment: TCPSegment, of packet: IPPacket, outbound: Bool) {
            near = outbound ? packet.source : packet.destination
            far = outbound ? packet.destination : packet.source
            nearPort = outbound ? segment.sourcePort : segment.destinationPort
            farPort = outbound ? segment.destinationPort : segment.sourcePort
        }
    }

    /// When something was sent, and when the answer came back.
    struct RoundTrip: Equatable {
        var sent: Timestamp
        var received: Timestamp
        var time: Duration { received - sent }
    }

    /// What was learned from one segment.
    struct Finding {
        var roundTrip: RoundTrip?
        /// The number of lost segments in the direction of this segment, and when the first of them was missed.
        var lost = 0
        var missedAt: Timestamp?
    }

    /// A range of missing bytes: later bytes arrived at `time`, before these did.
    private struct Hole {
        var start: UInt32
        var end: UInt32
        var time: Timestamp
    }

    private static let mostHoles = 64
    /// A flow with at least this much payload is assumed to send as much as it can.
    private static let bulk: Int64 = 250_000

    /// What the near host is waiting for: the acknowledgement of a sequence number, the echo of a TCP timestamp, or the
    /// next step of a handshake.
    private var awaited: (acknowledgement: UInt32, sent: Timestamp)?
    private var awaitedStamp: (value: UInt32, sent: Timestamp)?
    private var lastStamp: UInt32?
    /// The end of what each side has sent so far.
    private var nearEnd: UInt32?
    private var farEnd: UInt32?
    private var holes: [Hole] = []
    private var shortest = Duration.seconds(3600)
    /// Payload of a full segment before options are deducted: the smaller of the sizes that the two sides offered.
    private(set) var maximumSegment: Int?
    private(set) var payload: (inbound: Int64, outbound: Int64) = (0, 0)

    /// The largest payload of a segment of this flow, in bytes.
    ///
    /// - Parameters:
    ///   - optionLength: the length of this segment's options, which count towards the size that each side has offered.
    ///   - headers: the length of the IP and TCP headers, options included.
    func segmentSize(optionLength: Int, headers: Int) -> Int {
        max(1, maximumSegment.map { $0 - optionLength } ?? (1500 - headers))
    }

    mutating func observe(
        _ segment: TCPSegment, _ options: consuming TCPOptions, outbound: Bool, at time: Timestamp
    ) -> Finding {
        let stamps = options.timestamps
        if segment.flags.contains(.syn) { noteSegmentSize(&options) }
        // A reset may carry arbitrary sequence numbers.
        guard !segment.flags.contains(.reset) else { return Finding() }
        return outbound ? sent(segment, stamps, at: time) : received(segment, stamps, at: time)
    }

    private mutating func noteSegmentSize(_ options: inout TCPOptions) {
        while let option = options.next() {
            if case .maximumSegmentSize(let size) = option, size >= 88 {
                maximumSegment = min(maximumSegment ?? .max, Int(size))
            }
        }
    }

    /// The sequence space that a segment takes, in bytes.
    private static func length(_ segment: TCPSegment) -> UInt32 {
        UInt32(truncatingIfNeeded: segment.payloadLength) &+ (segment.flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    }

    private static func isAfter(_ left: UInt32, _ right: UInt32) -> Bool { Int32(bitPattern: left &- right) > 0 }

    private mutating func sent(
        _ segment: TCPSegment, _ stamps: (value: UInt32, echo: UInt32)?, at time: Timestamp
    ) -> Finding {
        var finding = Finding()
        let length = Self.length(segment)
        let end = segment.sequence &+ length
        payload.outbound += Int64(segment.payloadLength)
        if length > 0 {
            if let known = nearEnd, !Self.isAfter(end, known), !segment.flags.contains(.syn) {
                // A retransmission: the acknowledgement could answer either transmission (Karn's algorithm).
                awaited = nil
                finding.lost = segments(Int(length))
                finding.missedAt = time
            } else {
                if awaited == nil { awaited = (end, time) }
                nearEnd = end
            }
        }
        // A timestamp value counts from when it was first sent.
        if let value = stamps?.value, awaitedStamp == nil, lastStamp.map({ Self.isAfter(value, $0) }) ?? true {
            awaitedStamp = (value, time)
        }
        if let value = stamps?.value { lastStamp = value }
        return finding
    }

    private mutating func received(
        _ segment: TCPSegment, _ stamps: (value: UInt32, echo: UInt32)?, at time: Timestamp
    ) -> Finding {
        var finding = Finding()
        payload.inbound += Int64(segment.payloadLength)
        if segment.flags.contains(.acknowledgement), let wait = awaited,
            !Self.isAfter(wait.acknowledgement, segment.acknowledgement)
        {
            finding.roundTrip = RoundTrip(sent: wait.sent, received: time)
            awaited = nil
        }
        // A stamp of zero is what a segment has that echoes none (RFC 7323, section 3.2).
        if let wait = awaitedStamp, let echo = stamps?.echo, echo != 0, !Self.isAfter(wait.value, echo) {
            // An echo of a later value is not used, because the time at which that value was sent is not kept. An echo
            // comes with the far end's next data, which may be long in coming: unless the far end sends as much as it
            // can, only echoes within a second count.
            let counts = time - wait.sent <= .seconds(1) || payload.inbound >= Self.bulk
            if echo == wait.value, finding.roundTrip == nil, counts {
                finding.roundTrip = RoundTrip(sent: wait.sent, received: time)
            }
            awaitedStamp = nil
        }
        if let trip = finding.roundTrip, trip.time > .zero { shortest = min(shortest, trip.time) }
        let length = Self.length(segment)
        if length > 0 { arrived(segment.sequence, segment.sequence &+ length, at: time, &finding) }
        return finding
    }

    /// Missing bytes that arrive later count as lost if they arrive later than a reordered packet would, which is half
    /// a round trip.
    private mutating func arrived(_ start: UInt32, _ end: UInt32, at time: Timestamp, _ finding: inout Finding) {
        guard let known = farEnd else {
            farEnd = end
            return
        }
        if Self.isAfter(start, known), holes.count < Self.mostHoles {
            holes.append(Hole(start: known, end: start, time: time))
        }
        if Self.isAfter(end, known) {
            farEnd = end
            if !Self.isAfter(known, start) { return }
        }
        for index in holes.indices.reversed() {
            let hole = holes[index]
            guard Self.isAfter(end, hole.start), Self.isAfter(hole.end, start), hole.time < time else { continue }
            let from = Self.isAfter(start, hole.start) ? start : hole.start
            let to = Self.isAfter(hole.end, end) ? end : hole.end
            if time - hole.time > shortest / 2 {
                finding.lost += segments(Int(to &- from))
                finding.missedAt = min(finding.missedAt ?? hole.time, hole.time)
            }
            holes.remove(at: index)
            if hole.start != from { holes.append(Hole(start: hole.start, end: from, time: hole.time)) }
            if to != hole.end { holes.append(Hole(start: to, end: hole.end, time: hole.time)) }
        }
    }

    private func segments(_ bytes: Int) -> Int {
        let size = segmentSize(optionLength: 12, headers: 52)
        return max(1, (bytes + size - 1) / size)
    }
}
