// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Quantities

/// What the datagrams of `record --probe` tell about one interface's path: the uplink as the server received it, and
/// whether data waited for the link in each direction.
///
/// The server's clock and the capture's are unrelated, except that they run equally fast.
///
/// The numbers in a datagram are anyone's who could send a packet while the capture ran, and `derive` has no key. So
/// each is held against a limit before it is used, and the datagrams beyond the limits are left out and counted.
struct ProbeObserver {
    /// A datagram that arrived. Times are in nanoseconds.
    struct Sample {
        /// When it arrived, by the receiver's clock. That of the capture begins at `origin`.
        var arrived: Int64
        /// The receiver's arrival time minus the sender's sending time: the delay plus the offset between the clocks.
        var transit: Int64
        /// IP bytes that arrived since the sample before.
        var bytes: Int64
        /// Data datagrams that should have arrived since the sample before.
        var lost: Int64
    }

    /// Whether streams filled the link and each echo's report says what had arrived by then. Samples are then not
    /// datagrams, but what passed since the echo before.
    private(set) var isSampled = false
    /// IP bytes that arrived in streams since the last report.
    private var unreported: Int64 = 0
    private(set) var down: [Sample] = []
    private(set) var up: [Sample] = []
    /// What the server had received of a session, by its last report.
    private var received: (session: UInt64, ipBytes: Int64, latest: Int64, packets: Int64)?
    /// The highest number among the data received in a session.
    private var latest: (session: UInt64, number: Int64)?
    private(set) var roundTrips: [FlowObserver.RoundTrip] = []
    private var echoes: [UInt64: Timestamp] = [:]
    /// The times in which no data was sent, with the round trips of the echoes that were sent before the link was left
    /// to others.
    private(set) var idle: [(from: Timestamp, to: Timestamp, roundTrips: [Duration])] = []

    /// The size of a data datagram, with its headers over IPv4.
    static let datagram = Int64(ProbeMessage.dataSize + 28)
    /// Arrivals within so short a time are merged into one sample: a radio delivers packets in bursts, and an hour's
    /// samples must fit in memory.
    static let grain: Int64 = 2_000_000
    /// The interval between two echoes.
    static let sampling: Int64 = 200_000_000
    private static let mostEchoes = 10_000
    /// The variation between echoes that meet no queue, in addition to a fraction of their round trip; and how many
    /// echoes must be alike to conclude that there is no queue.
    private static let jitter = Duration.milliseconds(5)
    private static let leastAlike = 3
    /// The longest time for which a link is assumed to carry one datagram. If it takes longer, the link had stopped:
    /// the data on a link that stops arrives when the link continues.
    static let longestSending: Int64 = 1_000_000_000
    /// A longer silence before an address is lost may be due to the server and not to the link.
    static let longestStop: Int64 = 10_000_000_000
    /// An idle phase longer than this leaves the link to others after this time.
    private static let settling = Duration.milliseconds(Int64(ProbeMessage.settlingMilliseconds))
    /// 73 years in nanoseconds: no clock has run for longer. A larger number is not from a probe, and sums of such
    /// numbers would overflow.
    private static let longest: UInt64 = 1 << 61
    /// More bytes, or datagrams, than 100 Gb/s carry in the longest walk (48 h).
    private static let most: UInt64 = 1 << 51

    /// The second of the first datagram, in nanoseconds of the capture's clock; nil before it.
    private(set) var origin: Int64?
    /// The number of datagrams that were left out because they hold numbers that no probe sends.
    private(set) var implausible = 0

    var isEmpty: Bool { down.isEmpty }

    /// A time of the capture's clock as nanoseconds since `origin`; nil if it is 36 years or more away from it, which
    /// no walk is.
    private mutating func sinceOrigin(_ time: Timestamp) -> Int64? {
        if origin == nil {
            let (second, overflow) = time.number(of: Self.second).multipliedReportingOverflow(by: Self.second)
            origin = overflow ? nil : second
        }
        guard let origin else { return nil }
        let (since, overflow) = time.nanoseconds.subtractingReportingOverflow(origin)
        return overflow || since.magnitude > Self.longest / 2 ? nil : since
    }

    private static let second: Int64 = 1_000_000_000

    /// - Parameter ipBytes: the packet's length, headers included.
    mutating func add(_ message: ProbeMessage, ipBytes: Int64, outbound: Bool, at time: Timestamp) {
        guard let now = sinceOrigin(time) else { return }
        switch message {
        case .echo(_, let number, _) where outbound:
            if echoes.count >= Self.mostEchoes { echoes.removeAll() }
            echoes[number] = time
        case .echoReply(_, let number, _) where !outbound:
            // A reply before its echo means that somebody set the clock in between.
            guard let sent = echoes.removeValue(forKey: number), sent <= time else { return }
            roundTrips.append(FlowObserver.RoundTrip(sent: sent, received: time))
            if let last = idle.last, last.from <= sent, sent < min(last.to, last.from.shifted(by: Self.settling)) {
                idle[idle.count - 1].roundTrips.append(time - sent)
            }
        case .idle(_, let milliseconds) where outbound:
            let end = time.shifted(by: .milliseconds(Int64(milliseconds)))
            // The message is repeated while the phase lasts, in case one is lost.
            if let last = idle.last, time <= last.to {
                idle[idle.count - 1].to = max(last.to, end)
            } else {
                idle.append((time, end, []))
            }
        case .data(let session, let number, let sent, let feedback) where !outbound:
            guard number < Self.most, sent < Self.longest else {
                implausible += 1
                return
            }
            take(Int64(number), sent: Int64(sent), of: session, ipBytes: ipBytes, at: now)
            take(feedback, of: session)
        case .feedback(let session, let feedback) where !outbound: take(feedback, of: session)
        case .report(let session, let feedback) where !outbound:
            guard feedback.time < Self.longest else {
                implausible += 1
                return
            }
            isSampled = true
            down.append(
                Sample(
                    arrived: now, transit: now - Int64(feedback.time), bytes: ipBytes.adding(saturating: unreported),
                    lost: 0))
            unreported = 0
            take(feedback, of: session)
        default: break
        }
    }

    /// - Parameters:
    ///   - sent: when the datagram was sent, by the server's clock.
    ///   - now: when it arrived, by the capture's clock since `origin`.
    private mutating func take(_ number: Int64, sent: Int64, of session: UInt64, ipBytes: Int64, at now: Int64) {
        let before = latest.flatMap { $0.session == session ? $0.number : nil } ?? number - 1
        latest = (session, max(number, before))
        let sample = Sample(arrived: now, transit: now - sent, bytes: ipBytes, lost: max(0, number - before - 1))
        // When arrivals are merged, the times of the last one count.
        if down.count > 1, sample.arrived - down[down.count - 2].arrived < Self.grain {
            down[down.count - 1].bytes = down[down.count - 1].bytes.adding(saturating: sample.bytes)
            down[down.count - 1].lost = down[down.count - 1].lost.adding(saturating: sample.lost)
            down[down.count - 1].arrived = sample.arrived
            down[down.count - 1].transit = sample.transit
        } else {
            down.append(sample)
        }
    }

    /// Counts IP bytes that arrived in a stream.
    mutating func add(streamBytes: Int64) {
        unreported = unreported.adding(saturating: streamBytes)
    }

    private mutating func take(_ feedback: ProbeMessage.Feedback, of session: UInt64) {
        guard feedback.latestSent < Self.longest, feedback.time < Self.longest,
            max(feedback.latest, feedback.packets, feedback.ipBytes) < Self.most
        else {
            implausible += 1
            return
        }
        // Feedback held for longer than the field can express was already known.
        guard feedback.latest > 0, feedback.held < .max else { return }
        let arrived = Int64(feedback.time) - Int64(feedback.held)
        // The same datagram remains the latest until another arrives. A restarted server may have another clock.
        guard received?.session != session || up.last.map({ arrived > $0.arrived + Self.grain }) ?? true else { return }
        let now = (
            session: session, ipBytes: Int64(feedback.ipBytes), latest: Int64(feedback.latest),
            packets: Int64(feedback.packets)
        )
        let before =
            received.flatMap { $0.session == session ? $0 : nil } ?? (
                session: session, ipBytes: 0, latest: 0, packets: 0
            )
        received = now
        up.append(
            Sample(
                arrived: arrived, transit: arrived - Int64(feedback.latestSent),
                bytes: max(0, now.ipBytes - before.ipBytes),
                lost: max(0, now.latest - before.latest - (now.packets - before.packets))))
    }

    // MARK: On the timeline

    /// The round trip without a queue, for each second, from the nearest idle phase; nil if there was none. Echoes that
    /// met data still waiting at the beginning of the phase are left out: those slower than 1.5 times the fastest plus
    /// 5 ms. If each echo of a phase was faster than the one before, the phase was too short to empty the queue. Such
    /// phases count only if there are no others.
    func bases(of seconds: Range<Int64>) -> [Duration]? {
        let all = idle.compactMap { phase -> (second: Int64, base: Duration, isEmpty: Bool)? in
            guard let fastest = phase.roundTrips.min() else { return nil }
            let empty = phase.roundTrips.filter { $0 <= fastest * 3 / 2 + Self.jitter }.sorted()
            let alike = phase.roundTrips.count { $0 <= fastest * 11 / 10 + Self.jitter }
            return (phase.to.number(of: Self.second), empty[empty.count / 2], alike >= Self.leastAlike)
        }
        guard !all.isEmpty else { return nil }
        let phases = all.contains(where: \.isEmpty) ? all.filter(\.isEmpty) : all
        return seconds.map { second in
            phases.min { abs($0.second - second) < abs($1.second - second) }.map(\.base) ?? .zero
        }
    }

    /// Whether the link was left to others, for each whole second.
    func leftAlone(of seconds: Range<Int64>) -> [Bool] {
        let spans = idle.map { (from: $0.from.shifted(by: Self.settling).nanoseconds, to: $0.to.nanoseconds) }
        return seconds.map { number in
            spans.contains { $0.from <= number * Self.second && (number + 1) * Self.second <= $0.to }
        }
    }
}
