// SPDX-License-Identifier: Apache-2.0
import Pcap

/// Round trips in order of their ends. Beyond a number of them, a sample of all: every second one, then every fourth,
/// and so on, but always the shortest of each second, from which the path's own round trip is told.
struct RoundTripSample {
    private(set) var trips: [FlowObserver.RoundTrip] = []
    private let most: Int
    private var stride = 1
    private var passed = 0
    /// The second that the last trip ended in, and the shortest of that second so far.
    private var current: (second: Int64, shortest: Duration)?

    init(most: Int) {
        self.most = most
    }

    mutating func append(_ trip: FlowObserver.RoundTrip) {
        passed += 1
        let second = trip.received.number(of: 1_000_000_000)
        let isShortest = current.map { $0.second != second || trip.time < $0.shortest } ?? true
        if isShortest { current = (second, trip.time) }
        guard isShortest || passed.isMultiple(of: stride) else { return }
        trips.append(trip)
        if trips.count >= most { thin() }
    }

    private mutating func thin() {
        stride = min(stride * 2, 1 << 30)
        let shortest = shortestOfSeconds()
        var kept = trips.indices.filter { $0.isMultiple(of: 2) || shortest[$0] }
        // A hostile capture has a trip in each of more seconds than fit.
        if kept.count > most * 3 / 4 { kept = trips.indices.filter { $0.isMultiple(of: 2) } }
        trips = kept.map { trips[$0] }
    }

    /// Whether each trip is the shortest of those around it that ended in the same second.
    private func shortestOfSeconds() -> [Bool] {
        var isShortest = [Bool](repeating: false, count: trips.count)
        var best = 0
        for index in trips.indices {
            let isSame =
                trips[index].received.number(of: 1_000_000_000) == trips[best].received.number(of: 1_000_000_000)
            if !isSame {
                isShortest[best] = true
                best = index
            } else if trips[index].time < trips[best].time {
                best = index
            }
        }
        if !trips.isEmpty { isShortest[best] = true }
        return isShortest
    }
}
