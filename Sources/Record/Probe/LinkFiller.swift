// SPDX-License-Identifier: Apache-2.0
import ProbeFormat

/// Decides how many datagrams a sender keeps in flight, so that the bottleneck always has some queued and never too
/// many.
///
/// It is not congestion control: losses do not stop it. The window is what the path carries at its highest recent rate
/// in the time of an answer plus a fifth of a second. So if capacity rises suddenly, the data is already there; a queue
/// that cannot hold as much loses the rest; and no more than that is ever queued. The exception is a sounding, which
/// finds out how much the queue holds.
struct LinkFiller {
    /// What the other end has reported about the datagrams since the beginning.
    private(set) var latest: UInt64 = 0
    private var acknowledgedPackets: UInt64 = 0
    /// Number of the next datagram; the first is 1.
    private(set) var next: UInt64 = 1

    /// The window, in datagrams.
    private(set) var window: Double = 16
    /// The shortest one-way delay, in nanoseconds, between two clocks of arbitrary origin; nil before the first answer.
    /// Delay above this is queueing in this direction alone.
    private(set) var shortest: Int64?
    private var latestRoundTrip: Int64 = 0
    /// When the last answer arrived.
    private(set) var answered: Int64
    /// The earliest time at which a datagram not yet reported as received can have been sent; nil if all were reported.
    private var waitingSince: Int64?
    /// How long, according to its last report, the other end had received nothing although something could have
    /// arrived: either what was sent last is lost, or the link carries nothing.
    private var stalled: Int64 = 0
    /// When the last datagram was sent, and how many more could have been sent then.
    private var sent: Int64
    private var left = LinkFiller.burst

    /// Until when the window grows to find the queue's limit; nil if no sounding is running.
    private var soundingUntil: Int64?
    /// How many of a run of recently acknowledged datagrams were lost, and how many there were.
    private var recent: (lost: UInt64, all: UInt64) = (0, 0)
    /// Whether datagrams were lost to an overflowing queue, so that it has been as full as it can be.
    private(set) var hasFoundLimit = false

    /// Recent rates in datagrams per second: the largest in each of the last seconds.
    private var peaks: [Double] = [0]
    private var peakSecond: Int64 = 0
    /// The rate over the last tenth of a second, or over as long as the measurement needed.
    private(set) var rate = 0.0
    /// The end of the last rate measurement, by the receiver's clock.
    private var mark: (time: Int64, packets: UInt64)?

    /// How long the queue is to last at the highest recent rate, so that data is already there when capacity rises
    /// suddenly.
    static let wantedDelay: Int64 = 200_000_000
    /// Upper limit on the time of an answer: after an outage, queued answers would make it seconds.
    static let longestAnswer: Int64 = 1_500_000_000
    /// Upper limit on the queueing delay, however slow the path has become.
    static let longestDelay: Int64 = 1_000_000_000
    /// How long a sounding lasts, and the largest queueing delay during it.
    static let soundingTime: Int64 = 10_000_000_000
    static let deepestDelay: Int64 = 4_000_000_000
    /// The largest number of datagrams that a sounding keeps in flight: 5.7 MB.
    static let largestSounding = 4096.0
    /// The number of datagrams over which loss is judged. A quarter of them is lost if twice the link's rate meets a
    /// full queue, but not on a radio link that works.
    private static let recently: UInt64 = 64
    /// After this long without an answer only single datagrams are sent, to find out when the other end is reachable
    /// again.
    static let silence: Int64 = 200_000_000
    static let longestSilence: Int64 = 3_000_000_000
    static let pokeInterval: Int64 = 20_000_000
    static let leastWindow = 16.0
    static let leastPace = 500.0
    static let burst = 8.0
    /// The number of seconds for which a rate is remembered.
    private static let memory = 3
    /// 73 years in nanoseconds: no clock has run for longer.
    static let longestClock: UInt64 = 1 << 61
    /// The minimum time and number of datagrams for measuring a rate; one second always suffices.
    private static let rateInterval: Int64 = 100_000_000
    private static let ratePackets: UInt64 = 8

    init(at now: Int64) {
        answered = now
        sent = now - Self.pokeInterval
    }

    /// Datagrams sent that are neither acknowledged nor certainly lost.
    var inFlight: UInt64 { next - 1 - min(latest, next - 1) }

    /// How long an answer may take. It is limited because data queued during an outage would otherwise make the next
    /// outage seem short.
    private var patience: Int64 { min(max(Self.silence, 3 * latestRoundTrip), Self.longestSilence) }

    func isSilent(at now: Int64) -> Bool { now - answered > patience || stalled > longestPause }

    /// If datagrams arrive singly, this is several of their intervals.
    private var longestPause: Int64 {
        min(max(Self.silence, Int64(4e9 / max(rate, 1))), Self.longestSilence)
    }

    /// Whether a datagram should be sent now.
    func maySend(at now: Int64) -> Bool {
        isSilent(at: now)
            ? now - sent >= Self.pokeInterval : Double(inFlight) < window && allowance(at: now) >= 1
    }

    /// When `maySend` may become true even if no answer arrives.
    func wakeTime(at now: Int64) -> Int64 {
        if isSilent(at: now) { return sent + Self.pokeInterval }
        let silent = answered + patience + 1
        guard Double(inFlight) < window else { return silent }
        return min(silent, now + Int64(max(0, 1 - allowance(at: now)) / pace * 1e9) + 1)
    }

    /// Sending rate in datagrams per second. If a window were sent all at once, a short queue would lose most of it,
    /// and nothing would follow to reveal the loss.
    private var pace: Double { max(2 * (peaks.max() ?? 0), Self.leastPace) }

    /// How many datagrams may be sent at once.
    private func allowance(at now: Int64) -> Double {
        min(Self.burst, left + Double(max(0, now - sent)) / 1e9 * pace)
    }

    /// Records that the datagram with number `next` is sent now.
    mutating func send(at now: Int64) {
        left = allowance(at: now) - 1
        sent = now
        waitingSince = waitingSince ?? now
        next += 1
    }

    mutating func take(_ feedback: ProbeMessage.Feedback, at now: Int64) {
        // Ignores answers that others have overtaken.
        guard isPlausible(feedback, at: now), feedback.packets >= acknowledgedPackets else { return }
        let arrived = feedback.packets - acknowledgedPackets
        acknowledgedPackets = feedback.packets
        // Repeated feedback is not an answer, but shows for how long nothing has arrived.
        guard feedback.latest > latest else {
            if feedback.latest == latest, let shortest, let waitingSince {
                let couldCome = Int64(feedback.time) - shortest - waitingSince
                stalled = max(stalled, min(Int64(feedback.held), couldCome))
            }
            return
        }
        // Losses during an outage of the link are not due to a full queue.
        if now - answered < Self.silence {
            let numbers = feedback.latest - latest
            recent.lost += numbers - min(numbers, arrived)
            recent.all += numbers
        }
        latest = feedback.latest
        answered = now
        stalled = 0
        waitingSince = inFlight > 0 ? now : nil
        let roundTrip = now - Int64(feedback.latestSent) - Int64(feedback.held)
        guard roundTrip > 0 else { return }
        latestRoundTrip = roundTrip
        let transit = Int64(bitPattern: feedback.time &- UInt64(feedback.held) &- feedback.latestSent)
        let least = min(shortest ?? transit, transit)
        shortest = least
        measure(feedback.packets, at: Int64(feedback.time))
        // The time of an answer, plus a queue that lasts a while even at the highest rate.
        let way = max(0, min(roundTrip - (transit - least), Self.longestAnswer)) + Self.wantedDelay
        let wanted = max(Self.leastWindow, (peaks.max() ?? 0) * Double(way) / 1e9)
        if isSounding(at: now, waiting: transit - least) {
            // Twice the arriving amount is sent.
            let most = rate * Double(way - Self.wantedDelay + Self.deepestDelay) / 1e9
            window = max(window, min(window + Double(arrived), most, Self.largestSounding), wanted)
        } else if transit - least > Self.longestDelay {
            // What the path now carries in the time of an answer plus the longest delay that a queue may have.
            let most = rate * Double(way - Self.wantedDelay + Self.longestDelay) / 1e9
            window = max(Self.leastWindow, min(window, most))
        } else {
            // Grows at once and shrinks gradually.
            window = max(wanted, window - Double(arrived) / 8)
        }
    }

    /// Whether this can be true of what was sent. The other end may be wrong or hostile; all arithmetic on its numbers
    /// relies on these limits.
    private func isPlausible(_ feedback: ProbeMessage.Feedback, at now: Int64) -> Bool {
        feedback.latest < next && feedback.packets <= feedback.latest && feedback.time < Self.longestClock
            && feedback.latestSent <= UInt64(clamping: now)
    }

    /// Starts a sounding, which ends when the queue's limit is found or proves to be too far away.
    mutating func sound(at now: Int64) {
        recent = (0, 0)
        soundingUntil = now + Self.soundingTime
    }

    mutating func endSounding() {
        soundingUntil = nil
    }

    private mutating func isSounding(at now: Int64, waiting: Int64) -> Bool {
        guard let until = soundingUntil else { return false }
        if recent.all >= Self.recently {
            hasFoundLimit = hasFoundLimit || recent.lost * 4 >= recent.all
            recent = (0, 0)
        }
        if hasFoundLimit || now >= until || waiting > Self.deepestDelay { soundingUntil = nil }
        return soundingUntil != nil
    }

    /// - Parameter time: read from the receiver's clock, which delays on the return path do not affect.
    private mutating func measure(_ packets: UInt64, at time: Int64) {
        guard let mark else {
            self.mark = (time, packets)
            return
        }
        let span = time - mark.time
        let isEnough = packets - mark.packets >= Self.ratePackets || span >= 10 * Self.rateInterval
        guard span >= Self.rateInterval, isEnough else { return }
        rate = Double(packets - mark.packets) * 1e9 / Double(span)
        self.mark = (time, packets)
        let second = time / 1_000_000_000
        if second != peakSecond {
            peakSecond = second
            peaks.append(0)
            if peaks.count > Self.memory { peaks.removeFirst() }
        }
        peaks[peaks.count - 1] = max(peaks[peaks.count - 1], rate)
    }
}

/// What one end has received, and when it reports that.
struct LinkReceiver {
    private(set) var latest: UInt64 = 0
    private var latestSent: UInt64 = 0
    private var latestArrival: Int64 = 0
    private(set) var packets: UInt64 = 0
    private(set) var ipBytes: UInt64 = 0
    /// The arrival time of the first data not yet reported; nil if everything was reported.
    private(set) var unsaidSince: Int64?
    private var said: Int64

    /// Frequent enough for the window to follow.
    static let interval: Int64 = 10_000_000
    static let longestInterval: Int64 = 100_000_000

    init(at now: Int64) {
        said = now - Self.interval
    }

    /// Counts a datagram of any type.
    mutating func count(ipBytes: Int) {
        self.ipBytes += UInt64(max(0, ipBytes))
    }

    mutating func take(number: UInt64, sent: UInt64, at now: Int64) {
        packets += 1
        if number > latest { (latest, latestSent, latestArrival) = (number, sent, now) }
        unsaidSince = unsaidSince ?? now
    }

    /// When feedback is due; nil if there is nothing to report.
    ///
    /// - Parameter rate: rate of data datagrams in the other direction, each of which also carries feedback. Separate
    ///   feedback takes a small part of a slow link: a twentieth.
    func due(besides rate: Double) -> Int64? {
        let interval = min(max(Self.interval, Int64(1.5e9 / max(rate, 1))), Self.longestInterval)
        return unsaidSince.map { max($0, said + interval) }
    }

    mutating func feedback(at now: Int64) -> ProbeMessage.Feedback {
        unsaidSince = nil
        said = now
        return ProbeMessage.Feedback(
            latest: latest, latestSent: latestSent, packets: packets, ipBytes: ipBytes, time: UInt64(clamping: now),
            held: UInt32(clamping: now - latestArrival))
    }
}
