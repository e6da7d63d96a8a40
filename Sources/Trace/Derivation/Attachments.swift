// SPDX-License-Identifier: Apache-2.0
/// The times at which a path's address was usable. Recorded events decide; without them the path is attached
/// throughout. On request, a long silence counts as detached as well.
struct Attachments {
    /// Whether the path is attached, for each bin of the timeline.
    let attached: [Bool]
    let isRecorded: Bool

    init(
        _ events: [RecordedEvents.Change]?, _ observation: PathObservation, _ timeline: Timeline, detachAfter: Duration?
    ) {
        isRecorded = events != nil
        var attached = [Bool](repeating: true, count: timeline.bins.count)
        if let events {
            // The state before the first change is its opposite. The recorder's first lines give the state at its
            // start.
            let changes = LastInstant(events.lazy.map(\.time))
            for (index, number) in timeline.bins.enumerated() {
                let past = changes.index(at: timeline.middle(ofBin: number)).map { events[$0] }
                attached[index] = past?.attached ?? !(events.first?.attached ?? false)
            }
        }
        if let detachAfter {
            var start = 0
            let (first, count) = (timeline.bins.lowerBound, timeline.bins.count)
            while start < count {
                var end = start
                while end < count, observation.bins[first + Int64(end)] == nil { end += 1 }
                if end > start, timeline.bin * (end - start) >= detachAfter {
                    for index in start..<end { attached[index] = false }
                }
                start = max(end, start + 1)
            }
        }
        self.attached = attached
    }

    /// How often the path was lost, and for how long in total.
    func outages(_ bin: Duration) -> (count: Int, total: Duration) {
        let starts = attached.indices.filter { !attached[$0] && ($0 == 0 || attached[$0 - 1]) }
        return (starts.count, bin * attached.count { !$0 })
    }
}
