// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Quantities

/// What the datagrams of `record --probe` tell of one interface's path: the uplink as the server received it, and in
/// both directions whether data waited for the link.
///
/// The server's clock and the capture's have nothing to do with each other but that they run equally fast.
struct ProbeObserver {
    /// A datagram that came, in nanoseconds.
    struct Sample {
        /// When it came to the end it was sent to, by that end's clock.
        var arrived: Int64
        /// From the sender's clock to the receiver's: what it took and how far these are apart.
        var transit: Int64
        /// Of IP, of what came since the sample before.
        var bytes: Int64
        /// Datagrams of data that should have come since then.
        var lost: Int64
    }

    /// Whether streams filled the link, and a report of each echo says what had come by then: then samples are no
    /// datagrams, but what passed since the echo before.
    private(set) var isSampled = false
    /// IP bytes that came by streams since the last report.
    private var unreported: Int64 = 0
    private(set) var down: [Sample] = []
    private(set) var up: [Sample] = []
    /// What the server had of a session when it last said so.
    private var received: (session: UInt64, ipBytes: Int64, latest: Int64, packets: Int64)?
    /// The number of a session's data that came last.
    private var latest: (session: UInt64, number: Int64)?
    private(set) var roundTrips: [FlowObserver.RoundTrip] = []
    private var echoes: [UInt64: Timestamp] = [:]
    /// When no data was sent, with the round trips of the echoes that were sent before the link was left to others.
    private(set) var idle: [(from: Timestamp, to: Timestamp, roundTrips: [Duration])] = []

    /// Of a datagram of data, with its headers over IPv4.
    static let datagram = Int64(ProbeMessage.dataSize + 28)
    /// What came within so short a time of another is one with it: a radio hands packets on in bursts, and an hour's
    /// samples are to fit in memory.
    static let grain: Int64 = 2_000_000
    /// Two echoes' distance.
    static let sampling: Int64 = 200_000_000
    private static let mostEchoes = 10_000
    /// By which echoes differ that meet no queue, beside a part of what they take; and how many must be alike for there
    /// to be none.
    private static let jitter = Duration.milliseconds(5)
    private static let leastAlike = 3
    /// For how long a link is taken to carry one datagram. In a longer time it carried nothing: what is on it when it
    /// stops arrives when it goes on.
    static let longestSending: Int64 = 1_000_000_000
    /// A silence that lasts for longer before an address goes may be the server's, and not the link's.
    static let longestStop: Int64 = 10_000_000_000
    /// An idle phase that is longer leaves the link to others after so much of it.
    private static let settling = Duration.milliseconds(Int64(ProbeMessage.settlingMilliseconds))
    /// No clock has run for longer: 73 years in nanoseconds. Numbers beyond it are no probe's, and sums of them have no
    /// room.
    private static let longest: UInt64 = 1 << 61

    var isEmpty: Bool { down.isEmpty }

    /// - Parameter ipBytes: of the packet, its headers included.
    mutating func add(_ message: ProbeMessage, ipBytes: Int64, outbound: Bool, at time: Timestamp) {
        switch message {
        case .echo(_, let number, _) where outbound:
            if echoes.count >= Self.mostEchoes { echoes.removeAll() }
            echoes[number] = time
        case .echoReply(_, let number, _) where !outbound:
            guard let sent = echoes.removeValue(forKey: number) else { return }
            roundTrips.append(FlowObserver.RoundTrip(sent: sent, received: time))
            if let last = idle.last, last.from <= sent, sent < min(last.to, last.from.shifted(by: Self.settling)) {
                idle[idle.count - 1].roundTrips.append(time - sent)
            }
        case .idle(_, let milliseconds) where outbound:
            let end = time.shifted(by: .milliseconds(Int64(milliseconds)))
            // It is said again while it lasts, lest it were lost.
            if let last = idle.last, time <= last.to {
                idle[idle.count - 1].to = max(last.to, end)
            } else {
                idle.append((time, end, []))
            }
        case .data(let session, let number, let sent, let feedback)
        where !outbound && number < Self.longest && sent < Self.longest:
            let number = Int64(clamping: number)
            let before = latest.flatMap { $0.session == session ? $0.number : nil } ?? number - 1
            latest = (session, max(number, before))
            let sample = Sample(
                arrived: time.nanoseconds, transit: time.nanoseconds &- Int64(clamping: sent), bytes: ipBytes,
                lost: max(0, number - before - 1))
            // The last of those that are one counts.
            if down.count > 1, sample.arrived - down[down.count - 2].arrived < Self.grain {
                down[down.count - 1].bytes += sample.bytes
                down[down.count - 1].lost += sample.lost
                down[down.count - 1].arrived = sample.arrived
                down[down.count - 1].transit = sample.transit
            } else {
                down.append(sample)
            }
            take(feedback, of: session)
        case .feedback(let session, let feedback) where !outbound: take(feedback, of: session)
        case .report(let session, let feedback) where !outbound && feedback.time < Self.longest:
            isSampled = true
            down.append(
                Sample(
                    arrived: time.nanoseconds, transit: time.nanoseconds &- Int64(clamping: feedback.time),
                    bytes: ipBytes + unreported, lost: 0))
            unreported = 0
            take(feedback, of: session)
        default: break
        }
    }

    /// Bytes of IP that came by a stream.
    mutating func add(streamBytes: Int64) {
        unreported += streamBytes
    }

    private mutating func take(_ feedback: ProbeMessage.Feedback, of session: UInt64) {
        let numbers = [feedback.latest, feedback.latestSent, feedback.packets, feedback.ipBytes, feedback.time]
        // What has been held for longer than can be said was known before.
        guard feedback.latest > 0, feedback.held < .max, numbers.allSatisfy({ $0 < Self.longest }) else { return }
        let arrived = Int64(clamping: feedback.time) - Int64(feedback.held)
        // The same datagram is the latest until another comes. A server that was started anew may have another clock.
        guard received?.session != session || up.last.map({ arrived > $0.arrived + Self.grain }) ?? true else { return }
        let now = (
            session: session, ipBytes: Int64(clamping: feedback.ipBytes), latest: Int64(clamping: feedback.latest),
            packets: Int64(clamping: feedback.packets)
        )
        let before =
            received.flatMap { $0.session == session ? $0 : nil } ?? (
                session: session, ipBytes: 0, latest: 0, packets: 0
            )
        received = now
        up.append(
            Sample(
                arrived: arrived, transit: arrived - Int64(clamping: feedback.latestSent),
                bytes: max(0, now.ipBytes - before.ipBytes),
                lost: max(0, now.latest - before.latest - (now.packets - before.packets))))
    }

    // MARK: On the timeline

    /// The round trip without a queue, of each second: of the idle phase that is nearest; nil where there was none.
    /// What still waited when it began is left out: echoes that took half as long again as the fastest, and 5 ms.
    /// A phase in which each echo was faster than the one before was too short for what waited, and counts only where
    /// all were.
    func bases(of seconds: Range<Int64>) -> [Duration]? {
        let all = idle.compactMap { phase -> (second: Int64, base: Duration, isEmpty: Bool)? in
            guard let fastest = phase.roundTrips.min() else { return nil }
            let empty = phase.roundTrips.filter { $0 <= fastest * 3 / 2 + Self.jitter }.sorted()
            let alike = phase.roundTrips.count { $0 <= fastest * 11 / 10 + Self.jitter }
            return (phase.to.number(of: 1_000_000_000), empty[empty.count / 2], alike >= Self.leastAlike)
        }
        guard !all.isEmpty else { return nil }
        let phases = all.contains(where: \.isEmpty) ? all.filter(\.isEmpty) : all
        return seconds.map { second in
            phases.min { abs($0.second - second) < abs($1.second - second) }.map(\.base) ?? .zero
        }
    }

    /// Whether the link was left to others, of each whole second.
    func leftAlone(of seconds: Range<Int64>) -> [Bool] {
        let spans = idle.map { (from: $0.from.shifted(by: Self.settling).nanoseconds, to: $0.to.nanoseconds) }
        let second: Int64 = 1_000_000_000
        return seconds.map { number in
            spans.contains { $0.from <= number * second && (number + 1) * second <= $0.to }
        }
    }
}
