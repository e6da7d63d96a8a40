// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Which way data flows, as seen from the mobile host.
public enum Direction: String, Sendable, Codable, CaseIterable {
    case down, up
}

public enum PathKind: String, Sendable, Codable, CaseIterable {
    case wifi, cellular, other
}

/// What one path of a walk gave: rates, delays, losses and attachment over time, and the size of its queues.
public struct PathTrace: Sendable, Equatable {
    /// The values that hold from `time` until the next sample, or until the trace ends.
    public struct Sample: Sendable, Equatable {
        public var time: Duration
        public var down: LinkSample
        public var up: LinkSample
        /// Whether the path's address is usable. A rate of zero while attached is a link that carries nothing.
        public var attached: Bool
        /// Received signal strength in dBm; nil if not known. It is for reports and energy; the link does not use it.
        public var signal: Double?

        public init(time: Duration, down: LinkSample, up: LinkSample, attached: Bool = true, signal: Double? = nil) {
            self.time = time
            self.down = down
            self.up = up
            self.attached = attached
            self.signal = signal
        }

        public subscript(direction: Direction) -> LinkSample {
            direction == .down ? down : up
        }
    }

    /// One direction of a path at one moment.
    public struct LinkSample: Sendable, Equatable {
        /// IP-layer capacity.
        public var rate: DataRate
        /// What happens to a packet on the link.
        public var conditions: LinkConditions

        /// One-way propagation delay, without queueing.
        public var delay: Duration {
            get { conditions.delay }
            set { conditions.delay = newValue }
        }
        /// Probability, 0 to 1, that a packet is lost after it has used the link.
        public var loss: Double {
            get { conditions.loss }
            set { conditions.loss = newValue }
        }

        public init(rate: DataRate, conditions: LinkConditions) {
            self.rate = rate
            self.conditions = conditions
        }

        public init(rate: DataRate, delay: Duration, loss: Double = 0) {
            self.init(rate: rate, conditions: LinkConditions(delay: delay, loss: loss))
        }
    }

    public struct Attachment: Sendable, Equatable {
        public let time: Duration
        public let attached: Bool

        public init(time: Duration, attached: Bool) {
            self.time = time
            self.attached = attached
        }
    }

    public var name: String
    public var kind: PathKind
    public var duration: Duration
    public var queueDown: ByteCount
    public var queueUp: ByteCount
    /// Where the numbers come from, in words: the command that made them, or the file they were read from.
    public var source: String
    /// The samples in order of time, the first at zero.
    public var samples: [Sample]
    /// What the links carry, instead of the samples' rates, which are then only means; nil: the samples say what the
    /// links carry.
    public var opportunities: PathOpportunities?

    public init(
        name: String, kind: PathKind, duration: Duration, queueDown: ByteCount, queueUp: ByteCount, source: String,
        samples: [Sample], opportunities: PathOpportunities? = nil
    ) {
        self.name = name
        self.kind = kind
        self.duration = duration
        self.queueDown = queueDown
        self.queueUp = queueUp
        self.source = source
        self.samples = samples
        self.opportunities = opportunities
    }

    public func queue(_ direction: Direction) -> ByteCount {
        direction == .down ? queueDown : queueUp
    }

    /// The capacity curve of one direction. A detached path carries nothing, whatever its samples' rates are.
    public func curve(_ direction: Direction) -> Curve {
        if let opportunities { return opportunities[direction].curve(until: duration) }
        return Curve(
            rates: samples.map { ($0.time, $0.attached ? $0[direction].rate : .zero) }, end: duration)
    }

    /// The first state, then every instant at which the path attaches or detaches.
    public var attachments: [Attachment] {
        var changes: [Attachment] = []
        for sample in samples where sample.attached != changes.last?.attached {
            changes.append(Attachment(time: sample.time, attached: sample.attached))
        }
        return changes
    }

    /// Spans of the trace during which the path was detached.
    public var detached: [Range<Duration>] {
        let changes = attachments
        return changes.enumerated().compactMap { index, change in
            let end = index + 1 < changes.count ? changes[index + 1].time : duration
            return change.attached || change.time >= end ? nil : change.time..<end
        }
    }

    /// The conditions of one direction, one row for each change.
    public func conditions(_ direction: Direction) -> [LinkTable.Condition] {
        var rows: [LinkTable.Condition] = []
        for sample in samples {
            let conditions = sample[direction].conditions
            if rows.last?.conditions == conditions { continue }
            rows.append(LinkTable.Condition(time: sample.time, conditions: conditions))
        }
        return rows
    }

    public func table(_ direction: Direction) -> LinkTable {
        LinkTable(
            curve: curve(direction), conditions: conditions(direction), queue: queue(direction),
            overhead: opportunities == nil ? .zero : Opportunities.overhead)
    }

    /// The same trace, ended at `end`.
    public func cut(to end: Duration) -> PathTrace {
        var copy = self
        copy.duration = min(duration, end)
        copy.samples = samples.filter { $0.time < copy.duration }
        return copy
    }
}

/// Both directions of a path as opportunities to send a packet.
public struct PathOpportunities: Sendable, Hashable {
    public var down: Opportunities
    public var up: Opportunities

    public init(down: Opportunities, up: Opportunities) {
        self.down = down
        self.up = up
    }

    public subscript(direction: Direction) -> Opportunities {
        direction == .down ? down : up
    }
}

extension PathTrace {
    /// A path that two files of opportunities describe.
    ///
    /// - Parameters:
    ///   - roundTrip: the propagation round trip; half of it is each direction's delay.
    ///   - detachAfter: the path is detached for each gap of at least this length, from the last opportunity of either
    ///     direction to the next one; nil: attached throughout.
    public init(
        name: String, kind: PathKind, duration: Duration, opportunities: PathOpportunities, roundTrip: Duration,
        detachAfter: Duration?, source: String
    ) {
        let delayDown = Duration.nanoseconds(roundTrip.wholeNanoseconds / 2)
        let (down, up) = (opportunities.down.rates(until: duration), opportunities.up.rates(until: duration))
        func sample(_ second: Int, at time: Duration, attached: Bool) -> Sample {
            Sample(
                time: time, down: LinkSample(rate: down[second], delay: delayDown),
                up: LinkSample(rate: up[second], delay: roundTrip - delayDown), attached: attached)
        }
        let gaps =
            detachAfter.map {
                opportunities.gaps(of: $0, until: duration, delay: roundTrip - delayDown)
            } ?? []
        let edges = gaps.flatMap { [$0.lowerBound, $0.upperBound] }.filter { $0 < duration }
        let times = Set(down.indices.map { .seconds($0) } + edges).sorted()
        self.init(
            name: name, kind: kind, duration: duration, queueDown: .zero, queueUp: .zero, source: source,
            samples: times.map { time in
                sample(Int(time.components.seconds), at: time, attached: !gaps.contains { $0.contains(time) })
            }, opportunities: opportunities)
    }
}

extension PathOpportunities {
    /// The spans of at least `span` in which neither direction has an opportunity. Each begins when the data that left
    /// at the last opportunity has arrived, `delay` later, and ends at the next opportunity.
    func gaps(of span: Duration, until end: Duration, delay: Duration) -> [Range<Duration>] {
        let instants = (down.instants(before: end) + up.instants(before: end)).sorted().map(Duration.milliseconds)
        var gaps: [Range<Duration>] = []
        var last: Duration?
        for instant in instants + [end] {
            let start = last.map { $0 + delay + .nanoseconds(1) } ?? .zero
            if instant - (last ?? .zero) >= span, start < instant { gaps.append(start..<instant) }
            last = instant
        }
        return gaps
    }
}
