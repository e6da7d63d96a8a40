import Pcap
import TraceFormats
import Traces
import Units

/// What a derivation did for one path.
package struct PathReport: Sendable {
    package var name: String
    package var duration: Duration
    package var meanDown: DataRate
    package var meanUp: DataRate
    /// Share of the attached seconds in which demand filled the link; nil where nothing tells.
    package var saturatedDown: Double?
    package var saturatedUp: Double?
    package var outages: Int
    package var outageTime: Duration
    /// Shortest, median and 95th percentile, queueing included; nil where nothing tells.
    package var roundTrip: (shortest: Duration, median: Duration, high: Duration)?
    package var lostDown: Double
    package var lostUp: Double
}

/// One path's trace out of what its packets told.
struct TraceBuilder {
    let trace: PathTrace
    let report: PathReport
    let notes: [String]

    /// Less than a full packet each 100 ms fills no link, however long its round trips are.
    private static let least = ByteCount(15_000)

    init(
        name: String, kind: PathKind, source: String, observation: PathObservation, attachments: Attachments,
        signals: [RecordedEvents.Signal], timeline: Timeline, filling: Filling
    ) {
        var notes: [String] = []
        let times = RoundTripTimes(observation.roundTrips)
        let fallback = TraceDefaults.roundTrip(of: kind) ?? .milliseconds(20)
        let bases = times.bases(of: timeline.seconds)
        if bases == nil {
            notes.append("\(name): nothing tells of round trips; \(fallback.milliseconds.text()) ms are assumed")
        }
        let attachedSeconds = (0..<timeline.seconds.count).map { second in
            (0..<Int(timeline.binsPerSecond)).contains {
                attachments.attached[second * Int(timeline.binsPerSecond) + $0]
            }
        }
        let seconds = timeline.seconds.map { observation.seconds[$0] ?? PathObservation.Second() }
        let queued = bases.map { times.queues(timeline.seconds, bases: $0) }
        let full = seconds.enumerated().map { index, second in
            // A queue delays both ways as one; it is that of the direction that carries more.
            let isDown = second.down >= second.up
            let isFull =
                switch queued?[index] ?? .none {
                case .none: false
                case .standing: max(second.down, second.up) >= Self.least.bytes
                // Nothing may have come through.
                case .stalled: true
                }
            return (down: isFull && isDown, up: isFull && !isDown)
        }
        func capacities(_ bytes: (PathObservation.Second) -> Int64, _ isFull: [Bool]) -> [DataRate]? {
            filling.capacities(
                seconds.map { ByteCount(bytes($0)).rate(over: .seconds(1)) }, full: isFull, attached: attachedSeconds)
        }
        let down = capacities(\.down, full.map(\.down))
        let up = capacities(\.up, full.map(\.up))
        if filling != .asIs, !full.contains(where: \.down), !full.contains(where: \.up) {
            notes.append(
                "\(name): no second in which demand is known to have filled the link; rates are what passed, a lower bound"
            )
        }
        var samples: [PathTrace.Sample] = []
        for (index, number) in timeline.bins.enumerated() {
            let second = timeline.second(ofBin: number)
            let bytes = observation.bins[number] ?? (0, 0)
            let delay = (bases?[second] ?? fallback) / 2
            /// What passed in the bin, or in a second that is filled what the second is taken to have had.
            func link(_ bytes: Int64, _ capacity: DataRate?, _ isFull: Bool, lost: Int, packets: Int)
                -> PathTrace.LinkSample
            {
                let passed = ByteCount(bytes).rate(over: timeline.bin)
                let rate = isFull ? passed : max(passed, capacity ?? .zero)
                // Where the link was full its queue dropped, and the replay's own queue will.
                let loss = isFull || lost == 0 ? 0 : Double(lost) / Double(lost + packets)
                return PathTrace.LinkSample(
                    rate: DataRate(bitsPerSecond: rate.bitsPerSecond.rounded()), delay: delay, loss: loss)
            }
            let offset = timeline.offset(ofBin: number)
            let signal = signals.last { timeline.offset(of: $0.time) <= offset + timeline.bin / 2 }?.dBm
            let sample = PathTrace.Sample(
                time: offset,
                down: link(
                    bytes.down, down?[second], full[second].down, lost: seconds[second].lostDown,
                    packets: seconds[second].packetsDown),
                up: link(
                    bytes.up, up?[second], full[second].up, lost: seconds[second].lostUp,
                    packets: seconds[second].packetsUp),
                attached: attachments.attached[index], signal: signal)
            // A row holds until the next one.
            var repeated = samples.last
            repeated?.time = sample.time
            if repeated != sample { samples.append(sample) }
        }
        var trace = PathTrace(
            name: name, kind: kind, duration: timeline.duration, queueDown: .zero, queueUp: .zero, source: source,
            samples: samples)
        trace.queueDown = TraceDefaults.queue(of: trace, .down)
        trace.queueUp = TraceDefaults.queue(of: trace, .up)
        self.trace = trace
        self.notes = notes
        func share(_ isFull: [Bool]) -> Double? {
            let attached = attachedSeconds.indices.filter { attachedSeconds[$0] }
            guard queued != nil, !attached.isEmpty else { return nil }
            return Double(attached.count { isFull[$0] }) / Double(attached.count)
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
            saturatedDown: share(full.map(\.down)), saturatedUp: share(full.map(\.up)), outages: outages.count,
            outageTime: outages.total, roundTrip: roundTrip,
            lostDown: loss(\.lostDown, \.packetsDown), lostUp: loss(\.lostUp, \.packetsUp))
    }
}
