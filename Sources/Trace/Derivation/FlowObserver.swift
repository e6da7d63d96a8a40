// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// One TCP connection (or subflow) as the near host's interface sees it: round trips, losses, and segment sizes.
struct FlowObserver {
    /// The far end and both ports; the near end is known by its port.
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

    /// Something that was sent and came back.
    struct RoundTrip: Equatable {
        var sent: Timestamp
        var received: Timestamp
        var time: Duration { received - sent }
    }

    /// What one segment told.
    struct Finding {
        var roundTrip: RoundTrip?
        /// Segments that have been lost, and when the first of them was missed; in the direction of the segment.
        var lost = 0
        var missedAt: Timestamp?
    }

    /// Bytes that arrived before others that were sent earlier.
    private struct Hole {
        var start: UInt32
        var end: UInt32
        var time: Timestamp
    }

    private static let mostHoles = 64
    /// Bytes of payload from which on a flow is taken for one that sends as much as it can.
    private static let bulk: Int64 = 250_000

    /// What the near host waits for: the acknowledgement of a sequence number, the echo of a stamp, or a handshake's
    /// next step.
    private var awaited: (acknowledgement: UInt32, sent: Timestamp)?
    private var awaitedStamp: (value: UInt32, sent: Timestamp)?
    private var lastStamp: UInt32?
    /// The end of what each side has sent so far.
    private var nearEnd: UInt32?
    private var farEnd: UInt32?
    private var holes: [Hole] = []
    private var shortest = Duration.seconds(3600)
    /// Payload of a full segment, options deducted: of the smaller of both sides' offers, or the largest that arrived
    /// unmerged.
    private(set) var maximumSegment: Int?
    private(set) var payload: (inbound: Int64, outbound: Int64) = (0, 0)

    /// Bytes of payload that a segment of this flow carries at most.
    ///
    /// - Parameters:
    ///   - optionLength: of this segment; they count in what each side has offered.
    ///   - headers: IP and TCP, options included.
    func segmentSize(optionLength: Int, headers: Int) -> Int {
        max(1, maximumSegment.map { $0 - optionLength } ?? (1500 - headers))
    }

    mutating func observe(
        _ segment: TCPSegment, _ options: consuming TCPOptions, outbound: Bool, at time: Timestamp
    ) -> Finding {
        let stamps = options.timestamps
        if segment.flags.contains(.syn) { noteSegmentSize(&options) }
        // A reset may carry any numbers.
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

    /// Bytes of sequence numbers that a segment takes.
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
                // Sent again: what comes back could be the answer to either (Karn).
                awaited = nil
                finding.lost = segments(Int(length))
                finding.missedAt = time
            } else {
                if awaited == nil { awaited = (end, time) }
                nearEnd = end
            }
        }
        // A stamp counts from when it was first sent.
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
        if let wait = awaitedStamp, let echo = stamps?.echo, !Self.isAfter(wait.value, echo) {
            // Of a later stamp nobody knows here when it was sent. An echo comes with the far end's next data, which it
            // may not have had for long: unless it sends as much as it can, only those within a second count.
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

    /// What is missing before this and comes later was lost if it comes later than a reordered packet would: half a
    /// round trip.
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
