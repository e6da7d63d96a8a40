import Determinism
import Quantities
import Traces

/// What the links themselves could have carried within a run, whoever had used them: bounds on the trace, not on a stack.
///
/// IP bytes that leave the bottleneck from the first SYN on until the run's end; the last delay's worth of them would arrive
/// after it.
package struct CapacityBounds: Sendable, Equatable {
    /// Every path all the time.
    package let sum: ByteCount
    /// In each window the path that carries most.
    package let optimal: ByteCount
    /// The one path that carries most over the whole run.
    package let bestStatic: ByteCount

    /// - Parameters:
    ///   - curves: one for each path, of one direction, on trace time.
    ///   - offset: trace time of the first SYN.
    package init(curves: [Curve], offset: Duration, windows: OracleWindows) {
        func carried(_ curve: Curve, _ span: Range<Duration>) -> Double {
            curve.carried(from: offset + span.lowerBound, to: offset + span.upperBound)
        }
        let whole = Duration.zero..<max(.zero, windows.duration)
        let totals = curves.map { carried($0, whole) }
        sum = ByteCount(nearest: totals.reduce(0, +))
        bestStatic = ByteCount(nearest: totals.max() ?? 0)
        optimal = ByteCount(nearest: windows.mean { span in curves.map { carried($0, span) }.max() ?? 0 })
    }
}

/// When the links themselves could have carried some IP bytes, since the first SYN; nil: not before the trace's end.
package struct CapacityCompletion: Sendable, Equatable {
    /// Every path all the time.
    package let sum: Duration?
    /// In each window the path that carries most, and last the one that is done first.
    package let optimal: Duration?
    /// The one path that is done first.
    package let bestStatic: Duration?

    /// - Parameters:
    ///   - curves: one for each path, of one direction, on trace time.
    ///   - offset: trace time of the first SYN.
    ///   - windows: from the first SYN to the trace's end.
    package init(of size: ByteCount, curves: [Curve], offset: Duration, windows: OracleWindows) {
        let amount = Double(size.bytes)
        func reaching(_ curve: Curve, from start: Duration, _ amount: Double) -> Duration? {
            let before = curve.position(at: offset + start)
            let units = UInt64((amount * Double(Curve.Position.unitsPerByte)).rounded(.up))
            guard let time = curve.time(reaching: .init(units: before.units + units)) else { return nil }
            return time - offset <= windows.duration ? time - offset : nil
        }
        func carried(_ curve: Curve, _ span: Range<Duration>) -> Double {
            curve.carried(from: offset + span.lowerBound, to: offset + span.upperBound)
        }
        bestStatic = curves.compactMap { reaching($0, from: .zero, amount) }.min()
        optimal = windows.meanCompletion(
            of: amount, best: { span in curves.map { carried($0, span) }.max() ?? 0 },
            reaching: { start, rest in curves.compactMap { reaching($0, from: start, rest) }.min() })
        // No curve is the sum of several, so its inverse is sought by halving.
        func all(_ time: Duration) -> Double { curves.reduce(0) { $0 + carried($1, .zero..<time) } }
        guard windows.duration > .zero, all(windows.duration) >= amount else {
            sum = nil
            return
        }
        var (low, high) = (Int64(0), windows.duration.wholeNanoseconds)
        while low < high {
            let middle = low + (high - low) / 2
            if all(.nanoseconds(middle)) >= amount { high = middle } else { low = middle + 1 }
        }
        sum = .nanoseconds(low)
    }
}

extension ByteCount {
    init(nearest bytes: Double) {
        self.init(Int64(bytes.rounded()))
    }

    /// What full-size segments could carry of this many IP bytes: 1448 of 1500 (IPv4 and TCP headers with timestamps; MPTCP
    /// takes up to 20 more, which is its own cost and no part of the bound).
    package var inFullSegments: ByteCount { ByteCount(nearest: Double(bytes) * 1448 / 1500) }

    /// The IP bytes that carry so much payload, likewise.
    package var onTheWire: ByteCount { ByteCount(nearest: Double(bytes) * 1500 / 1448) }
}
