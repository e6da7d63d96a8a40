// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A path's round trips: how long they take without a queue, and when there was a queue.
struct RoundTripTimes {
    /// Round trips, in order of their ends.
    private let trips: [FlowObserver.RoundTrip]
    private static let nanoseconds: Int64 = 1_000_000_000
    /// How many seconds before and after to search for the shortest round trip, which is taken as the path's without a
    /// queue. A flow that keeps the queue full seldom shows it.
    private static let reach: Int64 = 30

    init(_ trips: [FlowObserver.RoundTrip]) {
        self.trips = trips.filter { $0.time > .zero }.sorted { ($0.received, $0.sent) < ($1.received, $1.sent) }
    }

    var isEmpty: Bool { trips.isEmpty }

    /// The shortest round trip within half a minute of each second. Without one, the value of the second before is
    /// used, and at the beginning the first value that follows.
    func bases(of seconds: Range<Int64>) -> [Duration]? {
        guard !trips.isEmpty else { return nil }
        var shortest: [Int64: Duration] = [:]
        for trip in trips {
            let second = trip.received.number(of: Self.nanoseconds)
            shortest[second] = min(shortest[second] ?? trip.time, trip.time)
        }
        var bases: [Duration?] = seconds.map { second in
            ((second - Self.reach)...(second + Self.reach)).compactMap { shortest[$0] }.min()
        }
        let first = bases.compactMap { $0 }.first ?? trips.map(\.time).min()
        for index in bases.indices where bases[index] == nil { bases[index] = index > 0 ? bases[index - 1] : first }
        return bases.compactMap { $0 }
    }

    /// What the round trips of a second tell about a queue.
    enum Queue {
        case none
        /// More than half of the second's round trips exceeded the path's round trip without a queue by a quarter and 5
        /// ms.
        case standing
        /// A round trip of more than a second spans this second.
        case stalled
    }

    func queues(_ seconds: Range<Int64>, bases: [Duration]) -> [Queue] {
        var long = [Int](repeating: 0, count: seconds.count)
        var all = long
        var stalled = [Bool](repeating: false, count: seconds.count)
        for trip in trips {
            let second = min(
                max(trip.received.number(of: Self.nanoseconds), seconds.lowerBound), seconds.upperBound - 1)
            let index = Int(second - seconds.lowerBound)
            all[index] += 1
            if trip.time > bases[index] * 5 / 4 + .milliseconds(5) { long[index] += 1 }
            guard trip.time > .seconds(1) else { continue }
            let from = max(trip.sent.number(of: Self.nanoseconds), seconds.lowerBound)
            if from <= second { for spanned in from...second { stalled[Int(spanned - seconds.lowerBound)] = true } }
        }
        return all.indices.map { index in
            stalled[index] ? .stalled : long[index] * 2 > all[index] ? .standing : .none
        }
    }

    /// The value below which `share` of the round trips are; nil if there are none.
    func quantile(_ share: Double) -> Duration? {
        let times = trips.map(\.time).sorted()
        guard !times.isEmpty else { return nil }
        return times[min(times.count - 1, Int(Double(times.count) * share))]
    }
}
