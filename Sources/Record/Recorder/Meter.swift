// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// The traffic of an interface in bins of wall-clock time.
struct Meter {
    struct Count: Equatable {
        var inBytes: Int64 = 0
        var inPackets: Int64 = 0
        var outBytes: Int64 = 0
        var outPackets: Int64 = 0

        mutating func add(_ wire: WireLength, outgoing: Bool) {
            if outgoing {
                outBytes += wire.ipBytes
                outPackets += wire.packets
            } else {
                inBytes += wire.ipBytes
                inPackets += wire.packets
            }
        }
    }

    /// A time stamp more than this many bins ahead of those already taken is wrong; its packet counts in the last bin.
    private static let most = 6000

    private let width: Int64
    /// Number of the first bin not yet taken, counted from 1970.
    private(set) var first: Int64
    private var bins: [Count] = []
    private(set) var total = Count()

    init(width: Duration, start: Timestamp) {
        self.width = max(1, width.wholeNanoseconds)
        first = start.nanoseconds / self.width
    }

    mutating func add(_ wire: WireLength, outgoing: Bool, at time: Timestamp) {
        // A late packet counts in the first row that is still to be written, so no byte is lost.
        let index = Int(min(max(0, time.nanoseconds / width - first), Int64(Self.most - 1)))
        if index >= bins.count { bins.append(contentsOf: repeatElement(Count(), count: index + 1 - bins.count)) }
        bins[index].add(wire, outgoing: outgoing)
        total.add(wire, outgoing: outgoing)
    }

    /// The bins that ended before `time`, in order, including those without packets.
    mutating func take(before time: Timestamp) -> [(start: Timestamp, count: Count)] {
        let end = time.nanoseconds / width
        guard end > first else { return [] }
        let count = Int(min(end - first, Int64(Self.most)))
        let taken = (0..<count).map { index in
            (Timestamp(nanoseconds: (first + Int64(index)) * width), index < bins.count ? bins[index] : Count())
        }
        bins.removeFirst(min(count, bins.count))
        first += Int64(count)
        return taken
    }

    /// Takes all bins with packets and continues at `time`, because the clock was set. The empty bins among them are
    /// not silence, but lie between the time before and the time that packets were stamped with afterwards.
    mutating func restart(at time: Timestamp) -> [(start: Timestamp, count: Count)] {
        let taken = bins.enumerated().filter { $1 != Count() }
            .map { (Timestamp(nanoseconds: (first + Int64($0)) * width), $1) }
        bins = []
        first = time.nanoseconds / width
        return taken
    }
}
