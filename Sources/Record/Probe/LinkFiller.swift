// SPDX-License-Identifier: Apache-2.0
import ProbeFormat

/// How many datagrams a sender keeps on the way, so that the bottleneck always has some waiting and never too many.
///
/// It is no congestion control: losses do not stop it. The window is what the path carries at its highest rate of late
/// in the time that an answer takes and a fifth of a second more. So what it suddenly carries is there already; where
/// it cannot keep as much, the rest is lost; and no more than that waits. But for a sounding, which finds out how much
/// the queue takes.
struct LinkFiller {
    /// What the other end has said of the datagrams since the beginning.
    private(set) var latest: UInt64 = 0
    private var acknowledgedPackets: UInt64 = 0
    /// Number of the next datagram; the first is 1.
    private(set) var next: UInt64 = 1

    /// Datagrams.
    private(set) var window: Double = 16
    /// From a datagram's leaving to its arrival, in nanoseconds, where the two clocks have what origin they like; nil:
    /// no answer yet. What is above this is the queue of this direction alone.
    private(set) var shortest: Int64?
    private var latestRoundTrip: Int64 = 0
    /// When the last answer came.
    private(set) var answered: Int64
    /// By when the first datagram was sent that the other end has not said to have; nil: it has all.
    private var waitingSince: Int64?
    /// For how long nothing had come there though something might have, when it last said so: what was sent last is
    /// lost, or the link carries nothing.
    private var stalled: Int64 = 0
    /// When the last datagram was sent, and how many more might have been.
    private var sent: Int64
    private var left = LinkFiller.burst

    /// Until when the window grows to find the queue's limit; nil: it is not looked for.
    private var soundingUntil: Int64?
    /// Of the datagrams that were answered for lately, one after the other: how many were lost, and how many there
    /// were.
    private var recent: (lost: UInt64, all: UInt64) = (0, 0)
    /// Whether what was sent beyond a queue was lost: it has been as full as it becomes.
    private(set) var hasFoundLimit = false

    /// Rates lately, in datagrams per second: the largest of each of the last seconds.
    private var peaks: [Double] = [0]
    private var peakSecond: Int64 = 0
    /// Of the last tenth of a second, or what it took to measure.
    private(set) var rate = 0.0
    /// Of the last measurement of a rate, by the receiver's clock.
    private var mark: (time: Int64, packets: UInt64)?

    /// How long the queue is to last at the highest rate of late: what the path suddenly carries is there already.
    static let wantedDelay: Int64 = 200_000_000
    /// The longest that an answer is taken to need: what waited through an outage would make it seconds.
    static let longestAnswer: Int64 = 1_500_000_000
    /// Nor may what waits wait for longer, however slow the path has become.
    static let longestDelay: Int64 = 1_000_000_000
    /// How long a sounding lasts, and how long what waits may wait in it.
    static let soundingTime: Int64 = 10_000_000_000
    static let deepestDelay: Int64 = 4_000_000_000
    /// Nor does it keep more on the way: 5.7 MB.
    static let largestSounding = 4096.0
    /// Of so many datagrams a quarter is lost where twice what the link carries meets a full queue, and not on a radio
    /// that has a path.
    private static let recently: UInt64 = 64
    /// After so long without an answer only single datagrams are sent, to find out when there is somebody again.
    static let silence: Int64 = 200_000_000
    static let longestSilence: Int64 = 3_000_000_000
    static let pokeInterval: Int64 = 20_000_000
    static let leastWindow = 16.0
    static let leastPace = 500.0
    static let burst = 8.0
    /// For how many seconds a rate is remembered.
    private static let memory = 3
    /// What a rate is measured over at least, but for no longer than a second.
    private static let rateInterval: Int64 = 100_000_000
    private static let ratePackets: UInt64 = 8

    init(at now: Int64) {
        answered = now
        sent = now - Self.pokeInterval
    }

    /// Sent, and neither answered for nor certainly lost.
    var inFlight: UInt64 { next - 1 - min(latest, next - 1) }

    /// For how long an answer may be out: what waited through an outage would otherwise make the next one seem short.
    private var patience: Int64 { min(max(Self.silence, 3 * latestRoundTrip), Self.longestSilence) }

    func isSilent(at now: Int64) -> Bool { now - answered > patience || stalled > longestPause }

    /// Where datagrams come one by one, several of their intervals.
    private var longestPause: Int64 {
        min(max(Self.silence, Int64(4e9 / max(rate, 1))), Self.longestSilence)
    }

    /// Whether a datagram should be sent now.
    func maySend(at now: Int64) -> Bool {
        isSilent(at: now)
            ? now - sent >= Self.pokeInterval : Double(inFlight) < window && allowance(at: now) >= 1
    }

    /// When `maySend` may become true without an answer.
    func wakeTime(at now: Int64) -> Int64 {
        if isSilent(at: now) { return sent + Self.pokeInterval }
        let silent = answered + patience + 1
        guard Double(inFlight) < window else { return silent }
        return min(silent, now + Int64(max(0, 1 - allowance(at: now)) / pace * 1e9) + 1)
    }

    /// Datagrams per second. All at once, most of a window would be lost behind a short queue, and nothing would come
    /// after them to say so.
    private var pace: Double { max(2 * (peaks.max() ?? 0), Self.leastPace) }

    /// How many datagrams may be sent at once.
    private func allowance(at now: Int64) -> Double {
        min(Self.burst, left + Double(max(0, now - sent)) / 1e9 * pace)
    }

    /// The datagram with number `next` is sent now.
    mutating func send(at now: Int64) {
        left = allowance(at: now) - 1
        sent = now
        waitingSince = waitingSince ?? now
        next += 1
    }

    mutating func take(_ feedback: ProbeMessage.Feedback, at now: Int64) {
        // Answers may overtake each other.
        guard feedback.latest < next, feedback.packets >= acknowledgedPackets else { return }
        let arrived = feedback.packets - acknowledgedPackets
        acknowledgedPackets = feedback.packets
        // What only says the same again is no answer, but tells for how long there has been none.
        guard feedback.latest > latest else {
            if feedback.latest == latest, let shortest, let waitingSince {
                let couldCome = Int64(clamping: feedback.time) - shortest - waitingSince
                stalled = max(stalled, min(Int64(feedback.held), couldCome))
            }
            return
        }
        // What a link lost that was away is no queue's.
        if now - answered < Self.silence {
            let numbers = feedback.latest - latest
            recent.lost += numbers - min(numbers, arrived)
            recent.all += numbers
        }
        latest = feedback.latest
        answered = now
        stalled = 0
        waitingSince = inFlight > 0 ? now : nil
        let roundTrip = now - Int64(clamping: feedback.latestSent) - Int64(feedback.held)
        guard roundTrip > 0 else { return }
        latestRoundTrip = roundTrip
        let transit = Int64(bitPattern: feedback.time &- UInt64(feedback.held) &- feedback.latestSent)
        let least = min(shortest ?? transit, transit)
        shortest = least
        measure(feedback.packets, at: Int64(clamping: feedback.time))
        // What the answer takes, and a queue that lasts a while even at the highest rate.
        let way = max(0, min(roundTrip - (transit - least), Self.longestAnswer)) + Self.wantedDelay
        let wanted = max(Self.leastWindow, (peaks.max() ?? 0) * Double(way) / 1e9)
        if isSounding(at: now, waiting: transit - least) {
            // Twice what arrives is sent.
            let most = rate * Double(way - Self.wantedDelay + Self.deepestDelay) / 1e9
            window = max(window, min(window + Double(arrived), most, Self.largestSounding), wanted)
        } else if transit - least > Self.longestDelay {
            // As much as the path carries now in the time that an answer takes and in the longest that a queue may
            // last.
            let most = rate * Double(way - Self.wantedDelay + Self.longestDelay) / 1e9
            window = max(Self.leastWindow, min(window, most))
        } else {
            // At once when more is wanted, and less little by little.
            window = max(wanted, window - Double(arrived) / 8)
        }
    }

    /// From now on until the queue's limit is found, or is too far away.
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

    /// - Parameter time: of the receiver's clock, which the way back does not disturb.
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

/// What one end has received, and when it says so.
struct LinkReceiver {
    private(set) var latest: UInt64 = 0
    private var latestSent: UInt64 = 0
    private var latestArrival: Int64 = 0
    private(set) var packets: UInt64 = 0
    private(set) var ipBytes: UInt64 = 0
    /// When data came that nothing has been said of yet; nil: all is said.
    private(set) var unsaidSince: Int64?
    private var said: Int64

    /// Often enough that the window follows.
    static let interval: Int64 = 10_000_000
    static let longestInterval: Int64 = 100_000_000

    init(at now: Int64) {
        said = now - Self.interval
    }

    /// Counts a datagram of any type.
    mutating func count(ipBytes: Int) {
        self.ipBytes += UInt64(ipBytes)
    }

    mutating func take(number: UInt64, sent: UInt64, at now: Int64) {
        packets += 1
        if number > latest { (latest, latestSent, latestArrival) = (number, sent, now) }
        unsaidSince = unsaidSince ?? now
    }

    /// When something is to be said; nil: there is nothing to say.
    ///
    /// - Parameter rate: of datagrams of data the other way, each of which says it too. Those that say nothing else
    ///   take little of a slow link: a twentieth.
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
