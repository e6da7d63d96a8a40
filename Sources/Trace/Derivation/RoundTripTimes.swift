// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A path's round trips: what it takes without a queue, and when there was one.
struct RoundTripTimes {
    /// In order of when they ended.
    private let trips: [FlowObserver.RoundTrip]
    private static let nanoseconds: Int64 = 1_000_000_000
    /// Seconds before and after over which the shortest is taken for the path without a queue: a flow that keeps the
    /// queue full seldom shows it.
    private static let reach: Int64 = 30

    init(_ trips: [FlowObserver.RoundTrip]) {
        self.trips = trips.filter { $0.time > .zero }.sorted { ($0.received, $0.sent) < ($1.received, $1.sent) }
    }

    var isEmpty: Bool { trips.isEmpty }

    /// The shortest within half a minute of each second; where there is none, of the seconds before, and before the
    /// first of those after.
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

    /// What the round trips of a second tell of a queue.
    enum Queue {
        case none
        /// More than half of the second's took a quarter and 5 ms more than the path takes without one.
        case standing
        /// One of more than a second spans it.
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

    /// The value below which `share` of them are; nil where there are none.
    func quantile(_ share: Double) -> Duration? {
        let times = trips.map(\.time).sorted()
        guard !times.isEmpty else { return nil }
        return times[min(times.count - 1, Int(Double(times.count) * share))]
    }
}
