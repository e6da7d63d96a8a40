// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import TraceFormats
import Traces

/// Reports what a derivation did for one path.
package struct PathReport: Sendable {
    package var name: String
    package var duration: Duration
    package var meanDown: DataRate
    package var meanUp: DataRate
    /// The share of the attached seconds in which demand filled the link; nil if not known.
    package var saturatedDown: Double?
    package var saturatedUp: Double?
    package var outages: Int
    package var outageTime: Duration
    /// Shortest, median and 95th percentile, queueing included; nil if not known.
    package var roundTrip: (shortest: Duration, median: Duration, high: Duration)?
    package var lostDown: Double
    package var lostUp: Double
}

/// Builds one path's trace from what its packets told.
struct TraceBuilder {
    let trace: PathTrace
    let report: PathReport
    let notes: [String]
    /// The share of each second for which the link is known to have been full.
    let known: (down: [Double], up: [Double])

    init(
        name: String, kind: PathKind, source: String, observation: PathObservation, attachments: Attachments,
        signals: [RecordedEvents.Signal], timeline: Timeline, filling: Filling
    ) {
        var notes: [String] = []
        let times = RoundTripTimes(observation.roundTrips + observation.probe.roundTrips)
        let fallback = TraceDefaults.roundTrip(of: kind) ?? .milliseconds(20)
        let bases = observation.probe.bases(of: timeline.seconds) ?? times.bases(of: timeline.seconds)
        if bases == nil {
            notes.append(
                "\(name): the capture shows no round-trip times; \(fallback.milliseconds.text()) ms are assumed")
        }
        if observation.probe.implausible > 0 {
            notes.append(
                "\(name): \(observation.probe.implausible) datagrams of the probe hold numbers that no probe sends, "
                    + "and are left out")
        }
        let attachedSeconds = (0..<timeline.seconds.count).map { second in
            (0..<Int(timeline.binsPerSecond)).contains {
                attachments.attached[second * Int(timeline.binsPerSecond) + $0]
            }
        }
        let seconds = timeline.seconds.map { observation.seconds[$0] ?? PathObservation.Second() }
        var demand = Demand(
            seconds, queues: bases.map { times.queues(timeline.seconds, bases: $0) }, observation, timeline)
        if !observation.probe.isEmpty, let bases {
            let usable = zip(timeline.bins, attachments.attached).map { timeline.recorded.contains($0) && $1 }
            let probed = Demand(
                observation.probe.account(of: timeline, bases: bases, attached: usable), observation,
                timeline, attached: usable)
            // While the probe left the link to others, only their traffic tells about the link.
            demand = probed.replacing(observation.probe.leftAlone(of: timeline.seconds), with: demand)
        }
        known = (demand.down.busy, demand.up.busy)
        func capacities(_ direction: Demand.Direction) -> [DataRate]? {
            filling.capacities(direction.rates, full: direction.isFull, attached: attachedSeconds)
        }
        let down = capacities(demand.down)
        let up = capacities(demand.up)
        if filling != .asIs, !demand.down.isFull.contains(true), !demand.up.isFull.contains(true) {
            notes.append(
                "\(name): demand filled the link in no second, as far as the capture shows; the rates are what passed, "
                    + "which is a lower bound on the capacity"
            )
        }
        var samples: [PathTrace.Sample] = []
        for (index, number) in timeline.bins.enumerated() where number < timeline.recorded.upperBound {
            let second = timeline.second(ofBin: number)
            let delay = (bases?[second] ?? fallback) / 2
            func link(_ direction: Demand.Direction, _ capacity: DataRate?, lost: Int, packets: Int)
                -> PathTrace.LinkSample
            {
                let isFull = direction.isFull[second]
                // In a second that is not full, use the capacity that was estimated for it.
                let rate =
                    direction.bins[index] ?? max(direction.passed[index], isFull ? .zero : capacity ?? .zero)
                // If the link was full, its queue dropped the packets, and the replay's own queue will drop them too.
                let loss = isFull || lost == 0 ? 0 : Double(lost) / Double(lost + packets)
                return PathTrace.LinkSample(
                    rate: DataRate(bitsPerSecond: rate.bitsPerSecond.rounded()), delay: delay, loss: loss)
            }
            let offset = timeline.offset(ofBin: number)
            let signal = signals.last { timeline.offset(of: $0.time) <= offset + timeline.bin / 2 }?.dBm
            let sample = PathTrace.Sample(
                time: offset,
                down: link(
                    demand.down, down?[second], lost: seconds[second].lostDown, packets: seconds[second].packetsDown),
                up: link(demand.up, up?[second], lost: seconds[second].lostUp, packets: seconds[second].packetsUp),
                attached: attachments.attached[index], signal: signal)
            // A row holds until the next one.
            var repeated = samples.last
            repeated?.time = sample.time
            if repeated != sample { samples.append(sample) }
        }
        var trace = PathTrace(
            name: name, kind: kind, duration: timeline.duration, queueDown: .zero, queueUp: .zero, source: source,
            samples: samples)
        trace.queueDown = Self.queue(demand.queues?.down, TraceDefaults.queue(of: trace, .down))
        trace.queueUp = Self.queue(demand.queues?.up, TraceDefaults.queue(of: trace, .up))
        for (link, seen, taken) in [
            ("down", demand.queues?.down, trace.queueDown), ("up", demand.queues?.up, trace.queueUp),
        ] {
            guard let seen, seen.most > 0, !seen.isLimit else { continue }
            notes.append(
                "\(name): the size of the \(link)link's queue is not known; up to \(seen.most) B waited in it, and "
                    + "\(taken.bytes) B are assumed"
            )
        }
        self.trace = trace
        self.notes = notes
        func share(_ direction: Demand.Direction) -> Double? {
            let attached = attachedSeconds.indices.filter { attachedSeconds[$0] }
            guard bases != nil, !attached.isEmpty else { return nil }
            return attached.reduce(0) { $0 + direction.busy[$1] } / Double(attached.count)
        }
        func loss(_ lost: (PathObservation.Second) -> Int, _ packets: (PathObservation.Second) -> Int) -> Double {
            let missing = seconds.map(lost).reduce(0, +)
            let all = missing + seconds.map(packets).reduce(0, +)
            return all > 0 ? Double(missing) / Double(all) : 0
        }
        let outages = attachments.outages(timeline.bin)
        var roundTrip: (Duration, Duration, Duration)?
        if let shortest = times.quantile(0), let median = times.quantile(0.5), let high = times.quantile(0.95) {
            roundTrip = (shortest, median, high)
        }
        report = PathReport(
            name: name, duration: timeline.duration,
            meanDown: DataRate(bitsPerSecond: trace.curve(.down).total.bytes * 8 / timeline.duration.seconds),
            meanUp: DataRate(bitsPerSecond: trace.curve(.up).total.bytes * 8 / timeline.duration.seconds),
            saturatedDown: share(demand.down), saturatedUp: share(demand.up), outages: outages.count,
            outageTime: outages.total, roundTrip: roundTrip,
            lostDown: loss(\.lostDown, \.packetsDown), lostUp: loss(\.lostUp, \.packetsUp))
    }

    /// The observed amount that waited, if more was dropped; otherwise the usual size, but at least that amount.
    private static func queue(_ seen: ProbeObserver.Queue?, _ usual: ByteCount) -> ByteCount {
        guard let seen, seen.most > 0 else { return usual }
        return seen.isLimit ? ByteCount(seen.most) : max(usual, ByteCount(seen.most))
    }
}
