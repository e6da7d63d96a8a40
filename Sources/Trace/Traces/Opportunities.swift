// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The instants at which a link could have sent a full packet: a millisecond delivery-opportunity file as Mahimahi's
/// `mm-link` replays it.
///
/// Each instant is one opportunity of 1504 bytes. A packet of L IP bytes takes L + 4 bytes (the header of `mm-link`'s
/// tunnel counts) from as many opportunities as it needs, and is delivered at the last of them. The rest of an
/// opportunity serves the packets that wait behind it; if none waits, the rest is lost. After the last instant the file
/// begins again, with that instant as its new zero.
public struct Opportunities: Sendable, Hashable {
    /// Bytes of one opportunity: 1500 IP bytes and the tunnel's header.
    public static let size = ByteCount(1504)
    /// Bytes that each packet takes in addition to its IP bytes.
    public static let overhead = ByteCount(4)
    /// IP bytes of one opportunity in full packets.
    public static let payload = ByteCount(1500)

    /// Whole milliseconds in rising order. A repeated value stands for several opportunities. There is at least one,
    /// and the last is above zero.
    public let milliseconds: [Int64]

    /// Creates a file from its instants; nil if `milliseconds` do not form one.
    public init?(milliseconds: [Int64]) {
        guard let first = milliseconds.first, let last = milliseconds.last, first >= 0, last > 0,
            zip(milliseconds, milliseconds.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        self.milliseconds = milliseconds
    }

    /// The time after which the file begins again.
    public var period: Duration { .milliseconds(milliseconds[milliseconds.count - 1]) }

    /// Every opportunity before `end`, including all repetitions of the file.
    public func instants(before end: Duration) -> [Int64] {
        distinctInstants(before: end).flatMap { Array(repeating: $0.millisecond, count: $0.opportunities) }
    }

    /// The same, one instant after the other, because a short file that is repeated for hours has too many for an
    /// array.
    func distinctInstants(before end: Duration) -> Instants { Instants(milliseconds, before: end) }

    /// At least as many points as the curve until `end` has.
    public func mostPoints(until end: Duration) -> Double {
        let repetitions = (end / period).rounded(.up)
        return min(Double(milliseconds.count) * max(1, repetitions), end.milliseconds + 1)
    }

    /// The mean rate over one period, in bits that packets take.
    package var meanRate: DataRate {
        DataRate(bitsPerSecond: Double(milliseconds.count) * Double(Self.size.bytes) * 8 / period.seconds)
    }

    /// The capacity curve, a staircase that rises by 1504 bytes at each opportunity.
    public func curve(until end: Duration) -> Curve {
        var points: [Curve.Point] = []
        points.reserveCapacity(Int(min(1e7, mostPoints(until: end))))
        var count: UInt64 = 0
        let step = UInt64(Self.size.bytes) * UInt64(Curve.Position.unitsPerByte)
        for (instant, number) in distinctInstants(before: end) {
            count += UInt64(number)
            points.append(Curve.Point(time: instant * 1_000_000, position: Curve.Position(units: count * step)))
        }
        return Curve(shape: .staircase, points: points)
    }

    /// The mean rate of each second before `end`, in IP bits of full packets.
    public func rates(until end: Duration) -> [DataRate] {
        let seconds = Int((end.seconds).rounded(.up))
        var counts = [Int64](repeating: 0, count: max(1, seconds))
        for (instant, number) in distinctInstants(before: end) { counts[Int(instant / 1000)] += Int64(number) }
        return counts.enumerated().map { index, count in
            let span = min(.seconds(1), end - .seconds(index))
            return ByteCount(count * Self.payload.bytes).rate(over: span)
        }
    }

    /// The assumed opportunities of an uplink that was not measured: every third opportunity, and also each one at
    /// least 12 ms after the last kept one (1504 bytes in 12 ms are 1 Mb/s). If the downlink carries nothing, the
    /// uplink carries nothing either.
    public func third() -> Opportunities {
        var kept: [Int64] = []
        var passed = 0
        for instant in milliseconds {
            passed += 1
            if passed == 3 || kept.isEmpty || instant - (kept.last ?? 0) >= 12 {
                kept.append(instant)
                passed = 0
            }
        }
        // Both must begin again at the same time.
        if let last = milliseconds.last, kept.last != last { kept.append(last) }
        return Opportunities(milliseconds: kept) ?? self
    }

    /// Opportunities that carry what `curve`, in IP bytes, carries. Each is at the first whole millisecond by which the
    /// curve has carried one more full packet.
    ///
    /// - Returns: nil if there is no opportunity, or none after the first millisecond.
    public init?(of curve: Curve) {
        let packet = UInt64(Self.payload.bytes) * UInt64(Curve.Position.unitsPerByte)
        var instants: [Int64] = []
        instants.reserveCapacity(Int(curve.total.units / packet))
        var position = packet
        while let time = curve.nanosecond(reaching: Curve.Position(units: position)) {
            instants.append((time + 999_999) / 1_000_000)
            position += packet
        }
        self.init(milliseconds: instants)
    }
}

/// The distinct instants of a file and of its repetitions, in rising order.
struct Instants: Sequence, IteratorProtocol {
    private let milliseconds: [Int64]
    private let period: Int64
    /// The end in milliseconds; an instant at the end is not before it.
    private let end: Int64
    private var base: Int64 = 0
    private var index = 0

    init(_ milliseconds: [Int64], before end: Duration) {
        self.milliseconds = milliseconds
        period = milliseconds[milliseconds.count - 1]
        self.end = (end.wholeNanoseconds + 999_999) / 1_000_000
    }

    mutating func next() -> (millisecond: Int64, opportunities: Int)? {
        var found: (millisecond: Int64, opportunities: Int)?
        while base < end {
            while index < milliseconds.count {
                let instant = base + milliseconds[index]
                guard instant < end else { return found }
                // The last instant of one repetition can be the first of the next.
                if let found, found.millisecond != instant { return found }
                found = (instant, (found?.opportunities ?? 0) + 1)
                index += 1
            }
            (base, index) = (base + period, 0)
        }
        return found
    }
}
