// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The windows in which an oracle chooses a path. It chooses again in each window.
///
/// Their alignment is arbitrary, so every total is the mean over all whole-second shifts of them. The partial window
/// that a shift leaves at either end counts like any other.
public struct OracleWindows: Sendable, Equatable {
    /// The length of a window.
    public let length: Duration
    /// The time from the first SYN to the end of the last window.
    public let duration: Duration

    /// Divides a span into windows.
    ///
    /// - Parameter length: must be above zero.
    public init(length: Duration, duration: Duration) {
        self.length = length
        self.duration = duration
    }

    /// Zero, and every whole second within a window.
    public var shifts: [Duration] {
        guard length > .zero else { return [.zero] }
        return (0..<max(1, Int((length.seconds).rounded(.up)))).map { .seconds($0) }.filter { $0 < length }
    }

    /// The times at which windows begin and end, since the first SYN, in order, from zero to the duration. There is one
    /// more edge than windows.
    public func edges(shift: Duration) -> [Duration] {
        guard length > .zero, duration > .zero else { return [.zero, max(.zero, duration)] }
        var edges = [Duration.zero]
        var next = shift > .zero ? shift : length
        while next < duration {
            edges.append(next)
            next += length
        }
        edges.append(duration)
        return edges
    }

    /// The mean over all shifts of the sum over the windows of what `best` gives for each.
    public func mean(of best: (Range<Duration>) -> Double) -> Double {
        let totals = shifts.map { shift in
            let edges = edges(shift: shift)
            return zip(edges, edges.dropFirst()).reduce(0) { $0 + best($1.0..<$1.1) }
        }
        return totals.reduce(0, +) / Double(totals.count)
    }

    /// The mean over all shifts of the time at which `amount` has been carried; nil if the windows of a shift end
    /// before.
    ///
    /// - Parameters:
    ///   - best: what the best path carries in a window.
    ///   - reaching: the earliest time at which a path has carried a given amount since a window's beginning.
    public func meanCompletion(
        of amount: Double, best: (Range<Duration>) -> Double, reaching: (Duration, Double) -> Duration?
    ) -> Duration? {
        let times = shifts.map { shift -> Duration? in
            let edges = edges(shift: shift)
            var rest = amount
            for (start, end) in zip(edges, edges.dropFirst()) {
                let carried = best(start..<end)
                if carried >= rest { return reaching(start, rest) }
                rest -= carried
            }
            return nil
        }
        let reached = times.compactMap { $0 }
        return reached.count == times.count ? reached.reduce(.zero, +) / reached.count : nil
    }
}
