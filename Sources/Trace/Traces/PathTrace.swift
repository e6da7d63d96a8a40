// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Which way data flows, as seen from the mobile host.
public enum Direction: String, Sendable, Codable, CaseIterable {
    /// From the server to the mobile host.
    case down
    /// From the mobile host to the server.
    case up
}

/// What radio a path has. It sets defaults, and strategies and energy models look at it.
public enum PathKind: String, Sendable, Codable, CaseIterable {
    /// A WiFi network, which strategies such as `wifi-first` prefer.
    case wifi
    /// A mobile network: 3G, LTE or 5G.
    case cellular
    /// Anything else, such as a cable or a satellite.
    case other
}

/// What one path of a walk gave: rates, delays, losses and attachment over time, and the size of its queues.
public struct PathTrace: Sendable, Equatable {
    /// The values that hold from `time` until the next sample, or until the trace ends.
    public struct Sample: Sendable, Equatable {
        /// When the values begin to hold, on the trace's clock.
        public var time: Duration
        /// The downlink.
        public var down: LinkSample
        /// The uplink.
        public var up: LinkSample
        /// Whether the path's address is usable. A rate of zero while attached is a link that carries nothing.
        public var attached: Bool
        /// Received signal strength in dBm; nil if not known. It is for reports and energy; the link does not use it.
        public var signal: Double?

        /// Creates a sample; each parameter is the property of the same name.
        public init(time: Duration, down: LinkSample, up: LinkSample, attached: Bool = true, signal: Double? = nil) {
            self.time = time
            self.down = down
            self.up = up
            self.attached = attached
            self.signal = signal
        }

        /// One direction of the path.
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

        /// Creates a sample of a link; each parameter is the property of the same name.
        public init(rate: DataRate, conditions: LinkConditions) {
            self.rate = rate
            self.conditions = conditions
        }

        /// Creates a sample of a link that has no other conditions than delay and loss.
        public init(rate: DataRate, delay: Duration, loss: Double = 0) {
            self.init(rate: rate, conditions: LinkConditions(delay: delay, loss: loss))
        }
    }

    /// An instant at which a path attaches or detaches.
    public struct Attachment: Sendable, Equatable {
        /// When, on the trace's clock.
        public let time: Duration
        /// Whether the path's address is usable from then on.
        public let attached: Bool

        /// Creates an instant; each parameter is the property of the same name.
        public init(time: Duration, attached: Bool) {
            self.time = time
            self.attached = attached
        }
    }

    /// The path's name: 1 to 15 of a-z, 0-9 and '-', as in `wifi`.
    public var name: String
    /// What radio the path has.
    public var kind: PathKind
    /// The length of the trace. Its last sample holds until then.
    public var duration: Duration
    /// The size of the downlink's queue. A packet that does not fit is dropped.
    public var queueDown: ByteCount
    /// The size of the uplink's queue.
    public var queueUp: ByteCount
    /// Where the numbers come from, in words: the command that made them, or the file they were read from.
    public var source: String
    /// The samples in order of time, the first at zero.
    public var samples: [Sample]
    /// What the links carry, instead of the samples' rates, which are then only means; nil: the samples say what the
    /// links carry.
    public var opportunities: PathOpportunities?

    /// Creates a trace; each parameter is the property of the same name.
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

    /// The size of one direction's queue.
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

    /// What the kernel's link needs to know about one direction.
    public func table(_ direction: Direction) -> LinkTable {
        LinkTable(
            curve: curve(direction), conditions: conditions(direction), queue: queue(direction),
            overhead: opportunities == nil ? .zero : Opportunities.overhead)
    }

    /// The same trace, ended at `end`.
    public func cut(to end: Duration) -> PathTrace {
        var copy = self
        copy.shorten(to: end)
        return copy
    }

    /// Ends the trace at `end`, if it is longer.
    public mutating func shorten(to end: Duration) {
        duration = min(duration, end)
        let kept = samples.partitioningIndex { $0.time >= duration }
        samples.removeLast(samples.count - kept)
    }

    /// At least as many points as the curves of both directions have together.
    public var mostCurvePoints: Double {
        if let opportunities {
            return Direction.allCases.reduce(0) { $0 + opportunities[$1].mostPoints(until: duration) }
        }
        return Direction.allCases.reduce(0) { sum, direction in
            samples.indices.reduce(sum + 2) { sum, index in
                let end = index + 1 < samples.count ? samples[index + 1].time : duration
                // A detached row has as many points as one without a rate.
                let rate = samples[index].attached ? samples[index][direction].rate : .zero
                return sum + Curve.mostPoints(of: rate, over: end - samples[index].time)
            }
        }
    }
}

/// Both directions of a path as opportunities to send a packet.
public struct PathOpportunities: Sendable, Hashable {
    /// The opportunities of the downlink.
    public var down: Opportunities
    /// The opportunities of the uplink.
    public var up: Opportunities

    /// Creates both directions; each parameter is the property of the same name.
    public init(down: Opportunities, up: Opportunities) {
        self.down = down
        self.up = up
    }

    /// The opportunities of one direction.
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
        var gaps: [Range<Duration>] = []
        if let detachAfter {
            opportunities.forEachGap(of: detachAfter, until: duration, delay: roundTrip - delayDown) { gaps.append($0) }
        }
        var samples: [Sample] = []
        samples.reserveCapacity(down.count + 2 * gaps.count)
        var edges = gaps.flatMap { [$0.lowerBound, $0.upperBound] }.filter { $0 < duration }[...]
        var gap = 0
        func add(_ second: Int, _ time: Duration) {
            while gap < gaps.count, gaps[gap].upperBound <= time { gap += 1 }
            samples.append(sample(second, at: time, attached: !(gap < gaps.count && gaps[gap].contains(time))))
        }
        for second in down.indices {
            if edges.first == .seconds(second) { edges.removeFirst() }
            add(second, .seconds(second))
            while let edge = edges.first, edge < .seconds(second + 1) {
                edges.removeFirst()
                add(second, edge)
            }
        }
        self.init(
            name: name, kind: kind, duration: duration, queueDown: .zero, queueUp: .zero, source: source,
            samples: samples, opportunities: opportunities)
    }
}

extension PathOpportunities {
    /// Calls `body` with each span of at least `span` in which neither direction has an opportunity. Each begins when
    /// the data that left at the last opportunity has arrived, `delay` later, and ends at the next opportunity.
    package func forEachGap(
        of span: Duration, until end: Duration, delay: Duration, _ body: (Range<Duration>) -> Void
    ) {
        var (downs, ups) = (down.distinctInstants(before: end), up.distinctInstants(before: end))
        var (nextDown, nextUp) = (downs.next()?.millisecond, ups.next()?.millisecond)
        var last: Duration?
        func reach(_ instant: Duration) {
            let start = last.map { $0 + delay + .nanoseconds(1) } ?? .zero
            if instant - (last ?? .zero) >= span, start < instant { body(start..<instant) }
            last = instant
        }
        while let instant = [nextDown, nextUp].compactMap(\.self).min() {
            reach(.milliseconds(instant))
            if nextDown == instant { nextDown = downs.next()?.millisecond }
            if nextUp == instant { nextUp = ups.next()?.millisecond }
        }
        reach(end)
    }
}
