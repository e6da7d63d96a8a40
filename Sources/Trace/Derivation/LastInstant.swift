// SPDX-License-Identifier: Apache-2.0
import Pcap

/// The last of some instants, in the order of a log, that is not after a time. The log's clock may have been set back.
struct LastInstant {
    /// For each place, the earliest instant from there to the end.
    private let earliest: [Timestamp]

    init(_ instants: some BidirectionalCollection<Timestamp>) {
        var earliest: [Timestamp] = []
        earliest.reserveCapacity(instants.count)
        for instant in instants.reversed() { earliest.append(min(instant, earliest.last ?? instant)) }
        self.earliest = earliest.reversed()
    }

    /// The place of the last instant at or before `time`; nil if all are later.
    func index(at time: Timestamp) -> Int? {
        var (low, high) = (0, earliest.count)
        while low < high {
            let middle = (low + high) / 2
            if earliest[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
