// SPDX-License-Identifier: Apache-2.0
import Quantities
import Testing

@testable import Traces

struct CurveTests {
    /// A curve drawn from a seed: flat spans, steps of 1 ns to 1 s, and at most 2 MB in each step.
    private static func curve(seed: UInt64, shape: Curve.Shape) -> Curve {
        var random = SeededGenerator(seed: seed)
        var time: Int64 = 0
        var position: UInt64 = 0
        var points: [Curve.Point] = []
        for _ in 0..<Int.random(in: 1...60, using: &random) {
            time +=
                Bool.random(using: &random)
                ? .random(in: 1...20, using: &random)
                : .random(in: 1...1_000_000_000, using: &random)
            position += Int.random(in: 0..<4, using: &random) == 0 ? 0 : .random(in: 0...512_000_000, using: &random)
            points.append(.init(time: time, position: .init(units: position)))
        }
        return Curve(shape: shape, points: points)
    }

    static let seeds = Array(UInt64(1)...40)

    @Test("C⁻¹ gives the first instant at which C has reached a position", arguments: seeds, Curve.Shape.allCases)
    func inverse(seed: UInt64, shape: Curve.Shape) throws {
        let curve = Self.curve(seed: seed, shape: shape)
        var random = SeededGenerator(seed: seed &+ 99)
        var positions = (0..<200).map { _ in UInt64.random(in: 0...curve.total.units, using: &random) }
        positions += curve.points.map(\.position.units) + curve.points.map { $0.position.units + 1 }
        for units in positions {
            let position = Curve.Position(units: units)
            guard let instant = curve.nanosecond(reaching: position) else {
                #expect(units > curve.total.units, "position \(units)")
                continue
            }
            #expect(curve.position(atNanosecond: instant) >= position, "position \(units)")
            // At zero C is already zero, although a staircase's inverse names its first step.
            if units > 0 { #expect(curve.position(atNanosecond: instant - 1) < position, "position \(units)") }
        }
    }

    @Test("C never falls, and passes through its points", arguments: seeds, Curve.Shape.allCases)
    func monotonic(seed: UInt64, shape: Curve.Shape) {
        let curve = Self.curve(seed: seed, shape: shape)
        for point in curve.points {
            #expect(curve.position(atNanosecond: point.time) == point.position)
        }
        var random = SeededGenerator(seed: seed &+ 7)
        let end = curve.points[curve.points.count - 1].time + 1000
        let times = (0..<300).map { _ in Int64.random(in: -1000...end, using: &random) }.sorted()
        for (earlier, later) in zip(times, times.dropFirst()) {
            #expect(curve.position(atNanosecond: earlier) <= curve.position(atNanosecond: later), "\(earlier) \(later)")
        }
    }

    @Test("nothing is carried before time zero, and nothing more after the last point")
    func beyond() {
        let curve = Curve(rates: [(.zero, .megabitsPerSecond(8))], end: .seconds(2))
        #expect(curve.position(at: .milliseconds(-1)) == .zero)
        #expect(curve.position(at: .seconds(2)) == .init(ByteCount(2_000_000)))
        #expect(curve.position(at: .seconds(5)) == .init(ByteCount(2_000_000)))
        #expect(curve.time(reaching: .init(ByteCount(2_000_000))) == .seconds(2))
        #expect(curve.time(reaching: .init(units: 2_000_000 * 256 + 1)) == nil)
        #expect(curve.end == .seconds(2))
    }

    @Test("C rounds down to 1/256 byte, C⁻¹ up to a nanosecond")
    func rounding() {
        // 1 Mb/s: a unit takes 31.25 ns.
        let curve = Curve(rates: [(.zero, .megabitsPerSecond(1))], end: .seconds(1))
        #expect(curve.position(at: .nanoseconds(31)).units == 0)
        #expect(curve.position(at: .nanoseconds(32)).units == 1)
        #expect(curve.time(reaching: .init(units: 1)) == .nanoseconds(32))
        #expect(curve.time(reaching: .init(units: 4)) == .nanoseconds(125))
        #expect(curve.time(reaching: .init(units: 5)) == .nanoseconds(157))
    }

    @Test("nothing is carried before the first rate and while the rate is zero")
    func outage() {
        let curve = Curve(
            rates: [
                (.seconds(1), .megabitsPerSecond(8)), (.seconds(2), .zero), (.seconds(12), .megabitsPerSecond(8)),
            ], end: .seconds(13))
        #expect(curve.carried(from: .zero, to: .seconds(1)) == 0)
        #expect(curve.carried(from: .seconds(1), to: .seconds(2)) == 1_000_000)
        #expect(curve.carried(from: .seconds(2), to: .seconds(12)) == 0)
        #expect(curve.time(reaching: .init(ByteCount(1_000_000))) == .seconds(2))
        #expect(curve.time(reaching: .init(units: 256_000_001)) == .nanoseconds(12_000_000_004))
        #expect(curve.carried(from: .zero, to: .seconds(13)) == 2_000_000)
    }

    @Test("rates keep all their digits")
    func digits() {
        let curve = Curve(rates: [(.zero, DataRate(bitsPerSecond: 123_456_789))], end: .seconds(8))
        #expect(curve.total == .init(ByteCount(123_456_789)))
    }

    @Test("a staircase carries nothing between its steps")
    func staircase() {
        let curve = Curve(
            shape: .staircase,
            points: [
                .init(time: 5_000_000, position: .init(ByteCount(1504))),
                .init(time: 7_000_000, position: .init(ByteCount(1504))),
                .init(time: 7_000_000, position: .init(ByteCount(4512))),
            ])
        #expect(curve.points.count == 2)
        #expect(curve.position(atNanosecond: 4_999_999) == .zero)
        #expect(curve.position(atNanosecond: 5_000_000) == .init(ByteCount(1504)))
        #expect(curve.position(atNanosecond: 6_999_999) == .init(ByteCount(1504)))
        #expect(curve.nanosecond(reaching: .init(units: 1)) == 5_000_000)
        #expect(curve.nanosecond(reaching: .init(ByteCount(1504))) == 5_000_000)
        #expect(curve.nanosecond(reaching: .init(units: 1504 * 256 + 1)) == 7_000_000)
    }

    @Test(
        "long steep pieces are cut so that the kernel's 64-bit products hold, and stay straight",
        arguments: [(10_000.0, 720), (10_000, 7200), (400_000, 7200), (0.008, 1_000_000)])
    func cuts(megabits: Double, seconds: Int) {
        let end = Duration.seconds(seconds)
        let rate = DataRate.megabitsPerSecond(megabits)
        let total = Curve.Position(rate.bytes(in: end))
        let fromRates = Curve(rates: [(.zero, rate)], end: end)
        let fromPoints = Curve(shape: .linear, points: [.init(time: end.wholeNanoseconds, position: total)])
        for curve in [fromRates, fromPoints] {
            #expect(curve.total == total)
            #expect(curve.end == end)
            for (low, high) in zip(curve.points, curve.points.dropFirst()) {
                let (product, overflow) = (high.position.units - low.position.units)
                    .multipliedReportingOverflow(by: UInt64(high.time - low.time))
                #expect(!overflow && product < 1 << 63 && low.time < high.time)
            }
            for eighth in 1..<8 {
                let carried = curve.position(at: end * eighth / 8).bytes
                #expect(abs(carried - total.bytes * Double(eighth) / 8) < 1.0 / 64, "\(eighth)/8")
            }
        }
    }

    @Test("of several points at one instant the last one counts, cut or not")
    func oneInstant() {
        let second: Int64 = 1_000_000_000
        let curve = Curve(
            shape: .linear,
            points: [
                .init(time: 720 * second, position: .init(ByteCount(900_000_000_000))),
                .init(time: 720 * second, position: .init(ByteCount(1_800_000_000_000))),
            ])
        #expect(abs(curve.position(at: .seconds(360)).bytes - 900_000_000_000) < 1)
    }

    @Test("no points at all carry nothing", arguments: Curve.Shape.allCases)
    func empty(shape: Curve.Shape) {
        let curve = Curve(shape: shape, points: [])
        #expect(curve.position(at: .seconds(1)) == .zero)
        #expect(curve.time(reaching: .init(units: 1)) == nil)
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
