// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// The shaper in plain Swift, one packet after the other. The kernel's link must agree with it to the nanosecond.
struct LinkModel {
    enum Verdict: Equatable {
        /// Leaves the qdisc at this instant, in nanoseconds since trace zero.
        case departs(Int64)
        /// Left the bottleneck at this instant, and was lost.
        case lost(Int64)
        case queueFull
        case beyondEnd
    }

    let table: LinkTable
    var jitter = Duration.zero
    var seed: UInt64 = 0

    private var position: UInt64 = 0
    private var lastDeparture = Int64.min
    private var shaped: UInt64 = 0
    /// When the bottleneck falls idle, and the spans in which it was idle.
    private(set) var busyUntil: Int64 = 0
    private(set) var idle: [Range<Int64>] = []

    init(table: LinkTable, jitter: Duration = .zero, seed: UInt64 = 0) {
        self.table = table
        self.jitter = jitter
        self.seed = seed
    }

    /// - Parameters:
    ///   - time: nanoseconds since trace zero, never before the previous packet's.
    ///   - length: IP bytes.
    mutating func offer(at time: Int64, length: Int) -> Verdict {
        let sent = table.curve.position(atNanosecond: time).units
        let charge = UInt64(length) * Curve.Position.unitsPerByte + Curve.Position(table.overhead).units
        let start = max(position, sent)
        if start - sent + charge > Curve.Position(table.queue).units { return .queueFull }
        guard let left = table.curve.nanosecond(reaching: Curve.Position(units: start + charge)) else {
            return .beyondEnd
        }
        let condition = table.conditions.last { $0.time.wholeNanoseconds <= left } ?? table.conditions[0]
        let departure = left + condition.delay.wholeNanoseconds + jitter.wholeNanoseconds
        if departure - time > 4_294_000_000_000 { return .beyondEnd }

        if sent >= position, time > busyUntil { idle.append(busyUntil..<time) }
        position = start + charge
        busyUntil = max(busyUntil, left)
        defer { shaped += 1 }
        if Self.draw(seed, shaped) < condition.lossThreshold { return .lost(left) }
        lastDeparture = max(lastDeparture, departure)
        return .departs(lastDeparture)
    }

    /// The path went away and came back.
    mutating func reattach(detached: Int64) {
        busyUntil = min(busyUntil, detached)
        position = 0
        lastDeparture = .min
    }

    /// Whether the link was idle at some instant of each of the first `count` bins of 10 ms, the first starting at
    /// `start` (nanoseconds since trace zero).
    func idleBins(_ count: Int, from start: Int64) -> [Bool] {
        let width: Int64 = 10_000_000
        return (0..<Int64(count)).map { bin in
            let from = start + bin * width
            return busyUntil < from + width || idle.contains { $0.lowerBound < from + width && $0.upperBound > from }
        }
    }

    private static func draw(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        var bits = seed &+ (index + 1) &* 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return (bits ^ (bits >> 31)) >> 32
    }
}

/// A small seeded generator (SplitMix64) for test inputs.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
