// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities

/// The walk's time: from the whole second of the first packet on any path to the bin of the last packet.
struct Timeline {
    private static let longest = Duration.seconds(48 * 3600)
    private static let second: Int64 = 1_000_000_000
    /// 146 years in nanoseconds before and after 1970, so that no sum of a time and a span overflows.
    private static let farthest: Int64 = 1 << 62

    let bin: Duration
    /// The numbers of the bins, counted from 1970. They cover whole seconds, so that no second shares a bin with
    /// another.
    let bins: Range<Int64>
    let seconds: Range<Int64>
    /// The bins from the first packet to the last. Nothing is known of the other bins in their seconds.
    let recorded: Range<Int64>
    let binsPerSecond: Int64

    /// - Throws: `Fault` if a second is not a whole number of bins, or the packets are too far apart for a walk.
    init(from start: Timestamp, to end: Timestamp, bin: Duration) throws {
        let span = bin.wholeNanoseconds
        guard span >= 1_000_000, span <= Self.second, Self.second % span == 0 else {
            throw Fault(.usage, "--bin must divide a second and be at least 1 ms; write it like 100ms")
        }
        for time in [start, end] where time.nanoseconds.magnitude > Self.farthest.magnitude {
            throw Fault(
                .badInput,
                "a packet's time stamp is \(time), but those of a walk must be from 1824 to 2115; if the clock was "
                    + "wrong, correct it with --align")
        }
        guard end - start <= Self.longest else {
            throw Fault(
                .badInput,
                "the captures span \((end - start).seconds.text()) s, but a walk may last at most 48 h; if the clocks "
                    + "were apart, correct them with --align")
        }
        self.bin = bin
        binsPerSecond = Self.second / span
        seconds = start.number(of: Self.second)..<(end.number(of: Self.second) + 1)
        recorded = start.number(of: span)..<(end.number(of: span) + 1)
        bins = (seconds.lowerBound * binsPerSecond)..<(seconds.upperBound * binsPerSecond)
    }

    var duration: Duration { offset(ofBin: recorded.upperBound) }

    func offset(ofBin number: Int64) -> Duration { bin * Int(number - bins.lowerBound) }

    func offset(of time: Timestamp) -> Duration {
        time - Timestamp(nanoseconds: seconds.lowerBound * Self.second)
    }

    /// The index of the second that contains a bin.
    func second(ofBin number: Int64) -> Int { Int((number - bins.lowerBound) / binsPerSecond) }
}
