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
        let period = milliseconds[milliseconds.count - 1]
        var instants: [Int64] = []
        var base: Int64 = 0
        while .milliseconds(base) < end {
            for instant in milliseconds {
                guard .milliseconds(base + instant) < end else { break }
                instants.append(base + instant)
            }
            base += period
        }
        return instants
    }

    /// The capacity curve, a staircase that rises by 1504 bytes at each opportunity.
    public func curve(until end: Duration) -> Curve {
        var points: [Curve.Point] = []
        var count: UInt64 = 0
        let step = UInt64(Self.size.bytes) * UInt64(Curve.Position.unitsPerByte)
        for instant in instants(before: end) {
            count += 1
            let point = Curve.Point(time: instant * 1_000_000, position: Curve.Position(units: count * step))
            if points.last?.time == point.time { points[points.count - 1] = point } else { points.append(point) }
        }
        return Curve(shape: .staircase, points: points)
    }

    /// The mean rate of each second before `end`, in IP bits of full packets.
    public func rates(until end: Duration) -> [DataRate] {
        let seconds = Int((end.seconds).rounded(.up))
        var counts = [Int64](repeating: 0, count: max(1, seconds))
        for instant in instants(before: end) { counts[Int(instant / 1000)] += 1 }
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
        var instants: [Int64] = []
        let packet = UInt64(Self.payload.bytes) * UInt64(Curve.Position.unitsPerByte)
        var position = packet
        while let time = curve.nanosecond(reaching: Curve.Position(units: position)) {
            instants.append((time + 999_999) / 1_000_000)
            position += packet
        }
        self.init(milliseconds: instants)
    }
}
