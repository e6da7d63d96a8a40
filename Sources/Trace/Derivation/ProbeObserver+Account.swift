// SPDX-License-Identifier: Apache-2.0
import Determinism
import Pcap
import Quantities

extension ProbeObserver {
    /// The most IP bytes that waited for a link, and whether that is the queue's limit, beyond which packets were
    /// dropped.
    struct Queue {
        var most: Int64 = 0
        var isLimit = false
    }

    /// The account in bins of a timeline.
    struct Account {
        /// `up` is the IP bytes that the server received. `down` corrects the bytes that the capture counted: bytes are
        /// added to the bins in which they were on the link, and subtracted from the bin in which they arrived.
        var up: [Double]
        var down: [Double]
        /// The share of each bin in which data waited for the link or was on it.
        var busyDown: [Double]
        var busyUp: [Double]
        /// The most that waited in each direction.
        var queueDown = Queue()
        var queueUp = Queue()
        /// Whether streams filled the link.
        let isSampled: Bool

        init(bins: Int, isSampled: Bool) {
            self.isSampled = isSampled
            up = Array(repeating: 0, count: bins)
            (down, busyDown, busyUp) = (up, up, up)
        }
    }

    /// - Parameters:
    ///   - bases: the round trip without a queue, for each second; each direction is assumed to take half of it.
    ///   - attached: whether each bin has a path. Bytes that took longer than a bin to arrive are attributed to bins
    ///     that have one.
    func account(of timeline: Timeline, bases: [Duration], attached: [Bool]) -> Account {
        var account = Account(bins: timeline.bins.count, isSampled: isSampled)
        let span = timeline.bin.wholeNanoseconds
        // The timeline is checked to be within 48 h, and the origin is in it.
        let origin = origin ?? 0
        let start = timeline.bins.lowerBound * span - origin
        let downLeast = Least(down)
        let clocks = Least(down, reach: 120)
        func place(_ time: Int64) -> Double { Double(time - start) / Double(span) }
        func way(at time: Int64) -> Int64 {
            bases[min(max(0, Int((time - start) / 1_000_000_000)), bases.count - 1)].wholeNanoseconds / 2
        }
        // A trace's link delays a packet after carrying it. So a packet left the link earlier than it arrived, by the
        // one-way delay.
        func left(_ time: Int64) -> Double { place(time - way(at: time)) }
        forEachBusy(down, downLeast) { sample, busy, span in
            // With streams, each segment's own timestamp says when it arrived.
            guard !isSampled else {
                Self.spread(1, from: place(sample.arrived - busy), to: place(sample.arrived), each: &account.busyDown)
                return
            }
            Self.spread(1, from: left(sample.arrived - busy), to: left(sample.arrived), each: &account.busyDown)
            let bin = Int(place(sample.arrived))
            guard account.down.indices.contains(bin) else { return }
            account.down[bin] -= Double(sample.bytes)
            forEachPart(of: sample, span, downLeast) { bytes, from, to in
                Self.spread(bytes, from: left(from), to: left(to), over: &account.down, attached)
            }
        }
        account.queueDown = Self.queue(down, downLeast)
        let upLeast = Least(up)
        account.queueUp = Self.queue(up, upLeast)
        // Converts the server's clock to the capture's. The transit of the fastest datagram includes half a round trip,
        // and the uplink takes the other half.
        func leftUp(_ time: Int64) -> Double {
            let near = clocks.inverse(time)
            return place(time + near - 2 * way(at: time + near))
        }
        forEachBusy(up, upLeast) { sample, busy, span in
            Self.spread(1, from: leftUp(sample.arrived - busy), to: leftUp(sample.arrived), each: &account.busyUp)
            forEachPart(of: sample, span, upLeast) { bytes, from, to in
                Self.spread(bytes, from: leftUp(from), to: leftUp(to), over: &account.up, attached)
            }
        }
        guard !isSampled else { return account }
        let pauses = idle.map { (from: place($0.from.nanoseconds - origin), to: place($0.to.nanoseconds - origin)) }
        let losses = Self.losses(zip(timeline.bins, attached).map { !timeline.recorded.contains($0) || $1 })
        let longest = Double(Self.longestStop / span)
        for stop in Self.stops(down.map { left($0.arrived) }, losses, pauses) where stop.to - stop.from <= longest {
            Self.spread(1, from: stop.from, to: stop.to, each: &account.busyDown)
            // The downlink carried the reports on the uplink. The uplink may have carried data until the reports
            // stopped.
            let told = account.busyUp[Int(stop.from)..<Int(stop.to.rounded(.up))].lastIndex { $0 > 0 }
            Self.spread(1, from: max(stop.from, Double((told ?? -1) + 1)), to: stop.to, each: &account.busyUp)
        }
        return account
    }

    /// For each bin, the next bin without a path; nil if the path lasts.
    private static func losses(_ attached: [Bool]) -> [Int?] {
        var next: Int?
        var all: [Int?] = []
        for bin in attached.indices.reversed() {
            if !attached[bin] { next = bin }
            all.append(next)
        }
        return all.reversed()
    }

    /// The times in which the link carried nothing before its path was lost: from the last arrival to the loss. If the
    /// link had carried anything, single datagrams would have arrived (`LinkFiller`). None would arrive from a server
    /// that was gone, so long times prove nothing.
    private static func stops(
        _ arrivals: [Double], _ losses: [Int?], _ pauses: [(from: Double, to: Double)]
    ) -> [(from: Double, to: Double)] {
        arrivals.indices.compactMap { index in
            let arrival = arrivals[index]
            guard arrival >= 0, arrival < Double(losses.count), let loss = losses[Int(arrival)],
                index + 1 == arrivals.count || arrivals[index + 1] > Double(loss)
            else { return nil }
            let end = pauses.first { $0.to > arrival && $0.from < Double(loss) }?.from ?? Double(loss)
            return end > arrival ? (arrival, end) : nil
        }
    }

    /// The bytes that arrive while a datagram waits are those that waited before it. The result is an amount that was
    /// reached at least ten times, because a single timestamp may be late. It is the queue's own limit if most losses,
    /// not counting those after a pause in the arrivals, occurred behind nearly as much waiting data.
    private static func queue(_ samples: [Sample], _ least: Least) -> Queue {
        let few = 10
        var largest: [Int64] = []
        var losses: [(waiting: Int64, lost: Int64)] = []
        var (first, bytes) = (0, Int64(0))
        for (index, sample) in samples.enumerated() {
            bytes = bytes.adding(saturating: sample.bytes)
            let begin = sample.arrived - (sample.transit - least.near(sample.arrived).transit)
            while first < index, samples[first].arrived <= begin {
                bytes = bytes.adding(saturating: -samples[first].bytes)
                first += 1
            }
            // The first sample may have entered the queue before this one.
            let waiting = bytes.adding(saturating: -samples[first].bytes)
            if sample.lost > 0, index > 0, sample.arrived - samples[index - 1].arrived < 100_000_000 {
                losses.append((waiting, sample.lost))
            }
            if largest.count < few || waiting > largest[0] {
                largest.append(waiting)
                largest.sort()
                if largest.count > few { largest.removeFirst() }
            }
        }
        guard largest.count == few else { return Queue() }
        let most = largest[0]
        var (all, behind) = (Int64(0), Int64(0))
        for loss in losses {
            all = all.adding(saturating: loss.lost)
            // Four fifths, without a product that could overflow.
            if loss.waiting >= most - most / 5 { behind = behind.adding(saturating: loss.lost) }
        }
        return Queue(most: most, isLimit: behind >= few && behind > all / 2)
    }

    /// - Parameter body: receives the time for which the link was busy since the sample before, and the time in which
    ///   the sample's bytes arrived. If a datagram waited at least as long as the time since the datagram before it,
    ///   the link was busy for all of that time.
    private func forEachBusy(
        _ samples: [Sample], _ least: Least, _ body: (_ sample: Sample, _ busy: Int64, _ span: Int64) -> Void
    ) {
        for (before, now) in zip(samples, samples.dropFirst()) where now.arrived > before.arrived {
            let since = now.arrived - before.arrived
            let (transit, sending) = least.near(now.arrived)
            let waited = now.transit - transit + sending
            if isSampled {
                // An echo that met a queue shows that the link was full since the echo before. If it met none, TCP did
                // not fill the link.
                let span = min(since, max(waited, Self.sampling))
                body(now, waited > 2 * sending + Self.grain ? span : 0, span)
            } else {
                // The other bytes of this sample were on the link too.
                let all = Int64(min(Double(sending) * Double(now.bytes) / Double(Self.datagram), Double(since)))
                let busy = max(0, min(since, max(waited, all)))
                body(now, busy, busy)
            }
        }
    }

    /// Calls `body` with the times at which a sample's bytes were on the link: while it was busy with them, except for
    /// a time in which it stopped. It is unknown how much of a datagram had passed before the stop, so half of one is
    /// assumed. All further bytes passed at the end of that time, since the other end would have reported them earlier
    /// otherwise.
    private func forEachPart(
        of sample: Sample, _ span: Int64, _ least: Least, _ body: (_ bytes: Double, _ from: Int64, _ to: Int64) -> Void
    ) {
        let (bytes, begin) = (Double(sample.bytes), sample.arrived - span)
        let half = Double(Self.datagram) / 2
        let sending = least.near(sample.arrived).sending
        // More than 18 years makes no difference, and ten times as much must not overflow.
        let whole = Int64(min(Double(sending) * bytes / Double(Self.datagram), 0x1p59))
        guard !isSampled, bytes > half, span > max(Self.longestSending, 10 * whole) else {
            return body(bytes, begin, sample.arrived)
        }
        body(half, begin, begin + sending / 2)
        body(bytes - half, sample.arrived - whole + sending / 2, sample.arrived)
    }

    /// Adds `amount` to each bin between two positions, and a proportional part to a bin that is only partly between
    /// them.
    private static func spread(_ amount: Double, from: Double, to: Double, each bins: inout [Double]) {
        var place = max(0, from)
        let last = min(to, Double(bins.count))
        while place < last {
            let end = min(last, place.rounded(.down) + 1)
            bins[Int(place)] += amount * (end - place)
            place = end
        }
    }

    /// Spreads bytes evenly over the attached bins between two positions, or over all of them if none is attached.
    private static func spread(
        _ bytes: Double, from: Double, to: Double, over bins: inout [Double], _ attached: [Bool]
    ) {
        let (first, last) = (max(0, from), min(to, Double(bins.count)))
        guard first < last else {
            if bins.indices.contains(Int(max(0, to))) { bins[Int(max(0, to))] += bytes }
            return
        }
        let touched = Int(first)...min(bins.count - 1, Int(last))
        let usable = touched.filter { attached[$0] }
        func share(_ bin: Int) -> Double { max(0, min(last, Double(bin) + 1) - max(first, Double(bin))) }
        let taken = usable.isEmpty ? Array(touched) : usable
        let whole = taken.reduce(0) { $0 + share($1) }
        for bin in taken where whole > 0 { bins[bin] += bytes * share(bin) / whole }
        if whole == 0 { bins[touched.lowerBound] += bytes }
    }

    /// The smallest transit time around each second: the transit without a queue, even if the clocks drift apart.
    private struct Least {
        private var seconds: [Int64: (transit: Int64, sending: Int64)] = [:]
        private var last: Int64 = 0
        private let reach: Int64
        private static let second: Int64 = 1_000_000_000

        /// - Parameter reach: how many seconds before and after to search. The path's delay without a queue changes on
        ///   a walk; a longer reach is more certain to include a moment without a queue.
        init(_ samples: [Sample], reach: Int64 = 30) {
            self.reach = reach
            var raw: [Int64: (transit: Int64, bytes: Int64)] = [:]
            for sample in samples {
                let second = sample.arrived / Self.second
                let before = raw[second] ?? (sample.transit, 0)
                raw[second] = (min(before.transit, sample.transit), before.bytes.adding(saturating: sample.bytes))
            }
            last = samples.last?.transit ?? 0
            for second in raw.keys {
                let near = ((second - reach)...(second + reach)).compactMap { raw[$0] }
                // The time for which the link sent the datagram itself, at the best rate. The smallest transit includes
                // it.
                let most = near.map(\.bytes).max() ?? 0
                let sending = ProbeObserver.datagram * Self.second / max(1, most)
                seconds[second] = (near.map(\.transit).min() ?? last, min(sending, Self.second))
            }
        }

        /// The smallest transit around an arrival, by the receiver's clock, and the time for which the datagram itself
        /// was on the link.
        func near(_ arrived: Int64) -> (transit: Int64, sending: Int64) {
            seconds[arrived / Self.second] ?? (last, 0)
        }

        /// The smallest transit around a time on the sender's clock.
        func inverse(_ sent: Int64) -> Int64 {
            let about = (sent + last) / Self.second
            for distance in 0...reach {
                if let least = seconds[about - distance] ?? seconds[about + distance] { return least.transit }
            }
            return last
        }
    }
}
