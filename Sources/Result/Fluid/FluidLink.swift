// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// The downlink of one path, step by step: a queue served by a capacity curve, followed by the delays.
///
/// Bytes are IP bytes. Bytes of the present sender are counted separately from *foreign* bytes, which nobody waits for
/// any more but which still take their turn in the queue.
struct FluidLink {
    static let step = 0.02

    private var curve: CurveCursor
    private var conditions: ArraySlice<LinkTable.Condition>
    private let jitter: (down: Duration, up: Duration)
    private let upConditions: [LinkTable.Condition]
    private let limit: Double
    private var nextCondition: Int64 = 0
    private(set) var ledger = Ledger()
    private var downSteps = 0
    private var loss = 0.0
    /// Losses are spread evenly instead of drawn at random; this is the part of a segment lost so far.
    private var lossCarry = 0.0

    private var foreign = 0.0
    private var own = 0.0
    /// When the last byte that has left the queue will have been acknowledged.
    private var busyUntil = 0
    private var departed = DelayLine()
    let path: String
    var arrivals: Tally
    var drops: Tally
    var losses: Tally
    var idle: [Bool]
    let zeros: [UInt32]

    init(_ path: RunPlan.Path, down: LinkTable, up: LinkTable, start: Duration, zeros: [UInt32]) {
        curve = CurveCursor(down.curve, overhead: down.overhead, start: start)
        conditions = down.conditions[...]
        upConditions = up.conditions
        jitter = (path.downJitter, path.upJitter)
        limit = Double(down.queue.bytes)
        self.path = path.name
        (arrivals, drops, losses) = (Tally(zeros), Tally(zeros), Tally(zeros))
        self.zeros = zeros
        idle = [Bool](repeating: true, count: zeros.count)
        follow(nanosecond: start.wholeNanoseconds)
    }

    var isJoined: Bool {
        get { ledger.isJoined }
        set { ledger.isJoined = newValue }
    }

    /// Takes over the delays and the loss that hold at an instant of trace time.
    @inline(__always)
    mutating func follow(nanosecond: Int64) {
        if nanosecond >= nextCondition { change(.nanoseconds(nanosecond)) }
    }

    private mutating func change(_ time: Duration) {
        while conditions.count > 1, conditions[conditions.startIndex + 1].time <= time { conditions.removeFirst() }
        let down = conditions[conditions.startIndex]
        nextCondition =
            conditions.count > 1 ? conditions[conditions.startIndex + 1].time.wholeNanoseconds : .max
        let back = upConditions.last { $0.time <= time }?.delay ?? .zero
        let oneWay = (down.delay + jitter.down).seconds
        ledger.roundTrip = oneWay + (back + jitter.up).seconds
        downSteps = DelayLine.steps(oneWay, atLeast: 0)
        ledger.roundTripSteps = DelayLine.steps(ledger.roundTrip, atLeast: 1)
        loss = down.loss
    }

    /// Updates what the receiver gets and what the sender learns in this step.
    @inline(__always)
    mutating func advance(_ bin: Int) -> (arrived: Double, acknowledged: Double) {
        guard bin <= busyUntil else {
            departed.record(ledger.arrived, bin)
            return (0, 0)
        }
        let (arrived, acknowledged) = (ledger.arrived, ledger.acknowledged)
        ledger.arrived = max(arrived, departed.value(bin - max(1, downSteps)))
        ledger.acknowledged = max(acknowledged, departed.value(bin - ledger.roundTripSteps))
        departed.record(departed.value(bin - 1), bin)
        return (ledger.arrived - arrived, ledger.acknowledged - acknowledged)
    }

    mutating func offer(_ bytes: Double) {
        own += bytes
        ledger.accepted += bytes
    }

    /// Serves the queue for one step, then drops what does not fit: in reality both happen throughout the step.
    ///
    /// - Returns: the sender's bytes that were dropped on arrival, and those that were lost in the air.
    mutating func serve(_ bin: Int) -> (dropped: Double, lost: Double) {
        ledger.early = 0
        var (foreign, own) = (foreign, own)
        guard foreign + own > 0, ledger.isUp else { return (0, 0) }
        let capacity = curve.carried(in: bin)
        let others = min(foreign, capacity)
        foreign -= others
        let mine = min(own, capacity - others)
        own -= mine
        if own + foreign > 0 {
            idle[2 * bin] = false
            idle[2 * bin + 1] = false
        }
        let lost = lose(of: mine)
        let passed = mine - lost
        if lost > 0 { losses.add(lost, bin) }
        if others + passed > 0 { arrivals.add(others + passed, bin + downSteps) }
        if passed > 0 {
            departed.record(departed.value(bin) + passed, bin)
            if ledger.roundTrip < Self.step { ledger.early = passed * (1 - ledger.roundTrip / Self.step) }
            busyUntil = max(busyUntil, bin + ledger.roundTripSteps)
        }
        let dropped = max(0, min(own, foreign + own - limit))
        own -= dropped
        (self.foreign, self.own) = (foreign, own)
        guard dropped + lost > 0 else { return (0, 0) }
        ledger.accepted -= dropped + lost
        if dropped > 0 { drops.add(dropped, bin) }
        return (dropped, lost)
    }

    private mutating func lose(of bytes: Double) -> Double {
        guard loss > 0 else { return 0 }
        lossCarry += bytes * loss
        guard lossCarry >= Segment.size else { return 0 }
        let lost = min(bytes, lossCarry)
        lossCarry -= lost
        return lost
    }

    // MARK: - Coming and going

    /// Detaches the radio; everything that waits or is in flight on it is lost.
    ///
    /// - Returns: the sender's bytes that have not arrived.
    mutating func detach(_ bin: Int) -> Double {
        ledger.isUp = false
        drops.add(own + foreign, bin)
        arrivals.clear(from: bin, steps: downSteps + 1)
        return forgetOwn(keepingAsForeign: false)
    }

    mutating func attach() { ledger.isUp = true }

    /// The sender has gone, or sends this data again over another path; bytes that wait here still take their turn.
    mutating func disown() -> Double { forgetOwn(keepingAsForeign: true) }

    private mutating func forgetOwn(keepingAsForeign: Bool) -> Double {
        let missing = ledger.accepted - ledger.arrived
        foreign = keepingAsForeign ? foreign + own : 0
        own = 0
        departed.fill(ledger.arrived)
        ledger.accepted = ledger.arrived
        ledger.acknowledged = ledger.arrived
        return missing
    }
}
