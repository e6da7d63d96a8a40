// SPDX-License-Identifier: Apache-2.0
/// A sender's estimate of its round-trip time, and when it stops waiting: RFC 6298 with Linux's minimum of 200 ms and
/// maximum of 120 s, and the tail loss probe before the first timeout (RFC 8985 section 7).
struct RetransmissionTimer {
    private(set) var smoothed: Double
    private var deviation: Double
    private(set) var latest: Double
    private(set) var least: Double
    private var backoff = 1.0
    private var since: Double
    private var hasProbed = false

    init(roundTrip: Double, at now: Double) {
        smoothed = max(roundTrip, 0.001)
        deviation = roundTrip / 2
        latest = roundTrip
        least = max(roundTrip, 0.001)
        since = now
    }

    var timeout: Double { min(120, (smoothed + max(0.2, 4 * deviation)) * backoff) }

    /// - Parameter segments: how many segments were acknowledged; one acknowledgement covers two of them.
    mutating func sample(_ roundTrip: Double, segments: Double) {
        let weight = min(1, segments / 2)
        latest = roundTrip
        least = min(least, max(roundTrip, 0.001))
        let error = roundTrip - smoothed
        smoothed += error * weight / 8
        deviation += (abs(error) - deviation) * weight / 4
    }

    mutating func restart(at now: Double) {
        since = now
        backoff = 1
        hasProbed = false
    }

    /// Starts the timer when data is in flight again after none was.
    mutating func arm(at now: Double) { since = now }

    enum Expiry {
        case none, probe, timeout
    }

    mutating func expiry(at now: Double, isOpen: Bool) -> Expiry {
        let waited = now - since
        if !hasProbed, backoff == 1, isOpen {
            guard waited >= min(2 * smoothed + 0.002, timeout) else { return .none }
            hasProbed = true
            since = now
            return .probe
        }
        guard waited >= timeout else { return .none }
        since = now
        backoff = min(backoff * 2, 4096)
        return .timeout
    }
}
