// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// What passed on a path, and when data waited for the link, so that what passed was all that could pass.
struct Demand {
    struct Direction {
        /// The rate that passed in each bin.
        var passed: [DataRate]
        /// The rate of each second: what passed, or, if a probe says for how long the link was busy, what passed in
        /// that time.
        var rates: [DataRate]
        /// Whether the rate of each second is the link's capacity.
        var isFull: [Bool]
        /// The share of each second in which the link was busy; 0 or 1 if only that is known.
        var busy: [Double]
        /// The link's capacity in each bin; nil: that of the bin's second.
        var bins: [DataRate?]
    }

    let down: Direction
    let up: Direction
    /// The most that waited in each direction; nil without a probe.
    private(set) var queues: (down: ProbeObserver.Queue, up: ProbeObserver.Queue)?

    /// Less than a full packet every 100 ms does not fill a link, however long its round trips are.
    private static let least = ByteCount(15_000)
    /// The smallest share of busy time from which a rate can be told: for a bin, and for a second if samples are not
    /// datagrams.
    private static let leastBusy = 0.5
    /// The same for a second, if each datagram says for how long the link was busy with it.
    private static let leastBusySecond = 0.2

    /// Computes demand from the round trips of all traffic.
    init(
        _ seconds: [PathObservation.Second], queues: [RoundTripTimes.Queue]?, _ observation: PathObservation,
        _ timeline: Timeline
    ) {
        let full = seconds.enumerated().map { index, second in
            // A queue in either direction lengthens the round trip. It is attributed to the direction that carries
            // more.
            let isDown = second.down >= second.up
            let isFull =
                switch queues?[index] ?? .none {
                case .none: false
                case .standing: max(second.down, second.up) >= Self.least.bytes
                // A stalled link may have delivered nothing.
                case .stalled: true
                }
            return (down: isFull && isDown, up: isFull && !isDown)
        }
        func direction(_ bytes: [Int64], _ bins: [Int64], _ isFull: [Bool]) -> Direction {
            let passed = bins.map { ByteCount($0).rate(over: timeline.bin) }
            return Direction(
                passed: passed, rates: bytes.map { ByteCount($0).rate(over: .seconds(1)) }, isFull: isFull,
                busy: isFull.map { $0 ? 1 : 0 },
                bins: passed.indices.map { isFull[$0 / Int(timeline.binsPerSecond)] ? passed[$0] : nil })
        }
        let bins = timeline.bins.map { observation.bins[$0] ?? (0, 0) }
        down = direction(seconds.map(\.down), bins.map(\.down), full.map(\.down))
        up = direction(seconds.map(\.up), bins.map(\.up), full.map(\.up))
    }

    /// Computes demand from a probe's account of the time in which its data waited.
    init(_ account: ProbeObserver.Account, _ observation: PathObservation, _ timeline: Timeline, attached: [Bool]) {
        let bins = timeline.bins.map { observation.bins[$0] ?? (0, 0) }
        let least = account.isSampled ? Self.leastBusy : Self.leastBusySecond
        func direction(_ bytes: [Double], _ busy: [Double]) -> Direction {
            let width = Int(timeline.binsPerSecond)
            let passed = bytes.map { Self.rate($0, over: timeline.bin) }
            var direction = Direction(
                passed: passed, rates: [], isFull: [], busy: [],
                bins: passed.indices.map { busy[$0] >= Self.leastBusy ? passed[$0] * (1 / min(1, busy[$0])) : nil })
            for start in stride(from: 0, to: bytes.count, by: width) {
                let usable = (start..<(start + width)).filter { attached[$0] }
                let time = usable.reduce(0) { $0 + min(1, busy[$1]) }
                let sum = usable.reduce(0) { $0 + bytes[$1] }
                let share = usable.isEmpty ? 0 : time / Double(usable.count)
                direction.busy.append(share)
                direction.isFull.append(share >= least)
                let whole = timeline.bin * (usable.isEmpty ? width : usable.count)
                direction.rates.append(Self.rate(sum, over: whole) * (share >= least ? 1 / share : 1))
            }
            // A bin in which the link was hardly busy gets the rate that its second had while the link was busy.
            for index in direction.bins.indices where direction.bins[index] == nil && direction.isFull[index / width] {
                direction.bins[index] = max(passed[index], attached[index] ? direction.rates[index / width] : .zero)
            }
            return direction
        }
        down = direction(zip(bins, account.down).map { max(0, Double($0.down) + $1) }, account.busyDown)
        up = direction(zip(bins, account.up).map { Double($0.up) + $1 }, account.busyUp)
        queues = (account.queueDown, account.queueUp)
    }

    /// This demand, with the marked seconds replaced by those of `other`.
    func replacing(_ seconds: [Bool], with other: Demand) -> Demand {
        guard seconds.contains(true) else { return self }
        func replaced(_ mine: Direction, _ others: Direction) -> Direction {
            let width = mine.passed.count / max(1, mine.rates.count)
            var result = mine
            for (second, isReplaced) in seconds.enumerated() where isReplaced {
                result.rates[second] = others.rates[second]
                result.isFull[second] = others.isFull[second]
                result.busy[second] = others.busy[second]
                for bin in second * width..<(second + 1) * width {
                    result.passed[bin] = others.passed[bin]
                    result.bins[bin] = others.bins[bin]
                }
            }
            return result
        }
        return Demand(down: replaced(down, other.down), up: replaced(up, other.up), queues: queues)
    }

    private init(down: Direction, up: Direction, queues: (down: ProbeObserver.Queue, up: ProbeObserver.Queue)?) {
        self.down = down
        self.up = up
        self.queues = queues
    }

    private static func rate(_ bytes: Double, over time: Duration) -> DataRate {
        DataRate(bitsPerSecond: bytes * 8 / time.seconds)
    }
}
