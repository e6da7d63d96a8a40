// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// C(t): the bytes a path could have carried from time zero to t. Everything else in Walkback is computed from it.
///
/// A *linear* curve runs straight between its points; a *staircase* jumps at each (a delivery-opportunity file). Before
/// the first point it is zero, after the last it stays level. Times are whole nanoseconds and positions 1/256 byte,
/// because the kernel's link evaluates the same curve with the same integer arithmetic
/// (`Sources/Lab/Link/BPF/link.bpf.c`).
public struct Curve: Sendable, Equatable {
    /// How the curve runs between its points.
    public enum Shape: String, Sendable, Codable, CaseIterable {
        /// Straight between the points.
        case linear
        /// Level between the points, with a jump at each.
        case staircase
    }

    /// A place on the curve's vertical axis, in 1/256 byte, so that 8 kb/s is still placed to 4 microseconds.
    public struct Position: Hashable, Comparable, Sendable {
        /// The place in 1/256 byte.
        public let units: UInt64

        /// The units in a byte: 256.
        public static let unitsPerByte: UInt64 = 256
        /// The place at which every curve begins.
        public static let zero = Position(units: 0)

        /// Creates a place from 1/256 bytes.
        public init(units: UInt64) {
            self.units = units
        }

        /// Creates a place from whole bytes; a negative number counts as zero.
        public init(_ bytes: ByteCount) {
            units = UInt64(max(0, bytes.bytes)) * Self.unitsPerByte
        }

        /// In bytes, with the fraction.
        public var bytes: Double { Double(units) / Double(Self.unitsPerByte) }

        public static func < (left: Position, right: Position) -> Bool { left.units < right.units }
    }

    /// A point on the curve: by `time` the path could have carried `position`.
    public struct Point: Sendable, Equatable {
        /// Nanoseconds since the curve's time zero.
        public let time: Int64
        /// The bytes that could have been carried by then.
        public let position: Position

        /// Creates a point; each parameter is the property of the same name.
        public init(time: Int64, position: Position) {
            self.time = time
            self.position = position
        }
    }

    /// How the curve runs between its points.
    public let shape: Shape
    /// At least one point; times rise strictly, positions never fall.
    public let points: [Point]

    /// Creates a curve through points.
    ///
    /// - Parameter points: in order of time, none before zero. Points of one instant are merged into the last of them;
    ///   a linear curve starts at zero, and its long steep pieces are cut (the kernel multiplies in 64 bits).
    public init(shape: Shape, points: [Point]) {
        self.shape = shape
        // Nothing to merge and nothing to cut: a copy of a long curve would be large.
        if shape == .staircase, !points.isEmpty, zip(points, points.dropFirst()).allSatisfy({ $0.time < $1.time }) {
            self.points = points
            return
        }
        var kept: [Point] = []
        kept.reserveCapacity(points.count + 1)
        if shape == .linear, points.first?.time != 0 { kept.append(Point(time: 0, position: .zero)) }
        for (index, point) in points.enumerated() {
            if index + 1 < points.count, points[index + 1].time == point.time { continue }
            if shape == .linear, let last = kept.last { Self.appendCuts(from: last, to: point, onto: &kept) }
            kept.append(point)
        }
        if kept.isEmpty { kept.append(Point(time: 0, position: .zero)) }
        self.points = kept
    }

    /// The curve of a rate that holds from each time to the next, and at last until `end`.
    ///
    /// - Parameter rates: in order of time, the first at zero or later (nothing is carried before it).
    public init(rates: [(time: Duration, rate: DataRate)], end: Duration) {
        var points = [Point(time: 0, position: .zero)]
        points.reserveCapacity(rates.count + 1)
        var position: UInt64 = 0
        for (index, step) in rates.enumerated() {
            let from = step.time.wholeNanoseconds
            let to = index + 1 < rates.count ? rates[index + 1].time.wholeNanoseconds : end.wholeNanoseconds
            guard to > from else { continue }
            if let last = points.last, last.time < from {
                points.append(Point(time: from, position: Position(units: position)))
            }
            // bits/s * ns / (8 bits * 10^9 ns/s) * 256 units per byte
            position += UInt64((step.rate.bitsPerSecond * Double(to - from) * (32 / 1e9)).rounded())
            points.append(Point(time: to, position: Position(units: position)))
        }
        self.init(shape: .linear, points: points)
    }

    /// Cuts the straight piece between two points so that (position step) x (time step) stays below 2^63 in each part.
    private static func appendCuts(from low: Point, to high: Point, onto points: inout [Point]) {
        let rise = high.position.units - low.position.units
        let span = UInt64(high.time - low.time)
        let parts = Self.parts(rise: rise, span: span)
        for part in 1..<parts {
            points.append(
                Point(
                    time: low.time + Int64(Self.scaled(span, by: part, over: parts)),
                    position: Position(units: low.position.units + Self.scaled(rise, by: part, over: parts))))
        }
    }

    /// The number of pieces into which one that rises by `rise` in `span` nanoseconds is cut.
    private static func parts(rise: UInt64, span: UInt64) -> UInt64 {
        func fits(_ parts: UInt64) -> Bool {
            let (product, overflow) = (rise / parts + 1).multipliedReportingOverflow(by: span / parts + 1)
            return !overflow && product < 1 << 63
        }
        var parts: UInt64 = 1
        while !fits(parts) { parts *= 2 }
        return parts
    }

    /// The number of points that a linear curve has for a rate that holds for `span`, and one for the beginning.
    static func mostPoints(of rate: DataRate, over span: Duration) -> Double {
        let nanoseconds = span.wholeNanoseconds
        let rise = rate.bitsPerSecond * Double(nanoseconds) * (32 / 1e9)
        guard nanoseconds > 0, rise < 0x1p63 else { return 1 }
        // One unit more for what rounding adds.
        return Double(parts(rise: UInt64(max(0, rise)) + 1, span: UInt64(nanoseconds)))
    }

    /// `value * numerator / denominator`, rounded down, with a 128-bit product.
    static func scaled(_ value: UInt64, by numerator: UInt64, over denominator: UInt64) -> UInt64 {
        denominator.dividingFullWidth(value.multipliedFullWidth(by: numerator)).quotient
    }

    /// The curve's last instant.
    public var end: Duration { .nanoseconds(points[points.count - 1].time) }

    /// What the path could have carried by the end.
    public var total: Position { points[points.count - 1].position }

    /// C(t), rounded down to 1/256 byte. After the curve's end it is ``total``.
    public func position(at time: Duration) -> Position {
        position(atNanosecond: time.wholeNanoseconds)
    }

    /// C(t) at a time in nanoseconds, rounded down to 1/256 byte.
    public func position(atNanosecond time: Int64) -> Position {
        // The last point at or before `time`.
        let after = points.partitioningIndex { $0.time > time }
        guard after > 0 else { return .zero }
        let low = points[after - 1]
        guard shape == .linear, after < points.count else { return low.position }
        let high = points[after]
        let carried = Self.scaled(
            high.position.units - low.position.units, by: UInt64(time - low.time), over: UInt64(high.time - low.time))
        return Position(units: low.position.units + carried)
    }

    /// The earliest instant at which C reaches `position`; nil if it never does.
    public func time(reaching position: Position) -> Duration? {
        nanosecond(reaching: position).map { .nanoseconds($0) }
    }

    /// The earliest nanosecond at which C reaches `position`; nil if it never does.
    public func nanosecond(reaching position: Position) -> Int64? {
        let index = points.partitioningIndex { $0.position >= position }
        guard index < points.count else { return nil }
        guard shape == .linear, index > 0 else { return points[index].time }
        let low = points[index - 1]
        let high = points[index]
        let rise = high.position.units - low.position.units
        let span = UInt64(high.time - low.time)
        let (quotient, remainder) = rise.dividingFullWidth(
            (position.units - low.position.units).multipliedFullWidth(by: span))
        return low.time + Int64(quotient) + (remainder > 0 ? 1 : 0)
    }

    /// What the path could have carried between two instants, in bytes with the fraction.
    public func carried(from start: Duration, to end: Duration) -> Double {
        Double(position(at: end).units - position(at: start).units) / Double(Position.unitsPerByte)
    }
}

extension Array {
    /// The first index whose element satisfies `belongsAfter`, which must be false up to a place and true from there
    /// on.
    func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
