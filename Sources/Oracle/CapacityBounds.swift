import Traces
import Units

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

extension ByteCount {
    init(nearest bytes: Double) {
        self.init(Int64(bytes.rounded()))
    }

    /// What full-size segments could carry of this many IP bytes: 1448 of 1500 (IPv4 and TCP headers with timestamps; MPTCP
    /// takes up to 20 more, which is its own cost and no part of the bound).
    package var inFullSegments: ByteCount { ByteCount(nearest: Double(bytes) * 1448 / 1500) }
}
