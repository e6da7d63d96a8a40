// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// Maps a span of arrivals at the far end of a link to the instants of its bottleneck.
///
/// A packet that leaves the bottleneck at t arrives at t + delay(t) + jitter, or together with the packet before it if
/// that one arrives later: a falling delay bunches packets, it does not reorder them. Everything is in whole
/// nanoseconds of trace time, as in the kernel.
struct ArrivalClock {
    /// One delay, from `start` until the next segment.
    private struct Segment {
        let start: Int64
        let delay: Int64
    }

    /// The first segment starts before all time.
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

    /// The bottleneck times that an instant of arrival can correspond to. A packet that departs before `earliest`
    /// arrives before that instant; a packet that departs at `latest` or later does not.
    struct Edge: Equatable {
        let earliest: Int64
        let latest: Int64
    }

    /// The edge between packets that arrive before `arrival` and packets that arrive at or after it.
    ///
    /// The two ends differ only if the delay falls at that instant. Some packets are then held up behind the last
    /// packet that was sent under the old delay. Whether they still arrive before `arrival` depends on when that packet
    /// departed, and the curve gives this only to within the duration of one packet.
    ///
    /// - Parameter certain: whether the link surely completes a packet from the first instant on and before the second.
    func edge(of arrival: Int64, certain: (Int64, Int64) -> Bool) -> Edge {
        var earliest: Int64?
        var index = firstSegment(reaching: arrival)
        while index < segments.count {
            // Within a segment, everything that departs from here on arrives late enough ...
            let segment = segments[index]
            let start = max(segment.start, arrival - segment.delay)
            if start >= end(of: index) {
                index += 1
                continue
            }
            // ... and the same holds in every later segment that begins late enough.
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

    /// A segment at or before the first one from which a packet arrives at `arrival` or later.
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
