// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// Which instants of a link's bottleneck belong to a span of arrivals at its far end.
///
/// A packet that leaves the bottleneck at t arrives at t + delay(t) + jitter, or with the one before it where that is
/// later: delay that falls piles packets up, it does not reorder them. Everything is in whole nanoseconds of trace
/// time, as in the kernel.
struct ArrivalClock {
    /// One delay, from `start` until the next segment.
    private struct Segment {
        let start: Int64
        let delay: Int64
    }

    /// The first starts before all time.
    private let segments: [Segment]
    private let longestDelay: Int64

    init(conditions: [LinkTable.Condition], jitter: Duration) {
        let rows = conditions.isEmpty ? [LinkTable.Condition(time: .zero, delay: .zero, loss: 0)] : conditions
        segments = rows.enumerated().map { index, row in
            Segment(
                start: index == 0 ? .min / 2 : row.time.wholeNanoseconds,
                delay: row.delay.wholeNanoseconds + jitter.wholeNanoseconds)
        }
        longestDelay = segments.reduce(0) { max($0, $1.delay) }
    }

    /// Where an instant of arrival may lie in bottleneck time: what departs before `earliest` arrives before it, what
    /// departs from `latest` on does not.
    struct Edge: Equatable {
        let earliest: Int64
        let latest: Int64
    }

    /// The edge between what arrives before `arrival` and what arrives at or after it.
    ///
    /// The two ends differ only where the delay falls right then: of the packets held up behind the last one under the
    /// old delay it depends on that packet's departure whether they still arrive before `arrival`, and the curve cannot
    /// say when within one packet's time it departed.
    ///
    /// - Parameter certain: whether the link surely completes a packet from the first instant on and before the second.
    func edge(of arrival: Int64, certain: (Int64, Int64) -> Bool) -> Edge {
        var earliest: Int64?
        var index = firstSegment(reaching: arrival)
        while index < segments.count {
            // Within a segment all that departs from here on arrives late enough ...
            let segment = segments[index]
            let start = max(segment.start, arrival - segment.delay)
            if start >= end(of: index) {
                index += 1
                continue
            }
            // ... and so it goes on through every segment that begins late enough.
            while index + 1 < segments.count, segments[index + 1].start + segments[index + 1].delay >= arrival {
                index += 1
            }
            let first = earliest ?? start
            earliest = first
            if index + 1 == segments.count || certain(start, end(of: index)) {
                return Edge(earliest: first, latest: start)
            }
            index += 1
        }
        // Not reached: the last segment has no end.
        return Edge(earliest: earliest ?? arrival, latest: arrival)
    }

    private func end(of index: Int) -> Int64 {
        index + 1 < segments.count ? segments[index + 1].start : .max
    }

    /// A segment at or before the first from which something arrives at `arrival` or later.
    private func firstSegment(reaching arrival: Int64) -> Int {
        var low = 0
        var high = segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].start + longestDelay < arrival { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
