// SPDX-License-Identifier: Apache-2.0
/// How many IP bytes one sender may have in flight, and how that limit grows and shrinks, as in the kernel's Reno,
/// CUBIC (net/ipv4/tcp_cubic.c, RFC 9438) and LIA (RFC 6356).
struct CongestionWindow {
    enum Control {
        case reno, cubic, lia
    }

    private let control: Control
    private(set) var size = Segment.initialWindow
    private var threshold = Double.infinity
    private var cubic = Cubic()
    /// The bytes of the present round that are still to be acknowledged, and what was seen in this round.
    private var round = (rest: Segment.initialWindow, samples: 0.0, least: Double.infinity)
    /// The values before the last timeout, kept as long as that timeout may prove spurious.
    private var before: (size: Double, threshold: Double)?

    init(_ control: Control) {
        self.control = control
    }

    var isInSlowStart: Bool { size < threshold }
    /// As `tcp_update_pacing_rate` in net/ipv4/tcp_input.c.
    var pacingGain: Double { size < threshold / 2 ? 2 : 1.2 }

    /// - Parameter coupled: LIA's increase per byte, computed from all windows; other congestion controls ignore it.
    mutating func grow(by acknowledged: Double, at now: Double, roundTrip: Double, least: Double, coupled: Double) {
        before = nil
        if isInSlowStart {
            size = min(size + acknowledged, threshold)
            if control == .cubic, hystart(acknowledged, roundTrip: roundTrip, least: least) { threshold = size }
            return
        }
        switch control {
        case .reno: size += acknowledged * Segment.size / size
        case .lia: size += acknowledged * Segment.size * min(coupled, 1 / size)
        case .cubic:
            size +=
                Segment.size
                * cubic.increase(window: size / Segment.size, by: acknowledged / Segment.size, at: now, least: least)
        }
    }

    /// HyStart's delay increase: an eighth of the least round-trip time, limited to between 4 and 16 ms, compared with
    /// the least of eight samples in a round. It applies from a window of 16 segments on.
    private mutating func hystart(_ acknowledged: Double, roundTrip: Double, least: Double) -> Bool {
        round.rest -= acknowledged
        if round.rest <= 0 { round = (rest: size, samples: 0, least: .infinity) }
        guard size >= 16 * Segment.size else { return false }
        round.samples += acknowledged / Segment.size
        round.least = min(round.least, roundTrip)
        return round.samples >= 8 && round.least > least + min(max(least / 8, 0.004), 0.016)
    }

    /// Reduces the window after a loss that was detected from later arrivals.
    mutating func reduce() {
        threshold = reduced()
        size = threshold
    }

    mutating func timeOut() {
        if before == nil {
            before = (size, threshold)
            threshold = reduced()
        }
        size = Segment.size
    }

    /// Restores the window because the timeout was spurious (F-RTO, RFC 5682).
    mutating func restore() {
        guard let before else { return }
        (size, threshold) = before
        self.before = nil
    }

    /// Halves the window for each timeout in which nothing was sent (RFC 2861).
    mutating func rest(timeouts: Double) {
        threshold = max(threshold, size * 0.75)
        size = max(min(size, Segment.initialWindow), size * .halved(timeouts))
        cubic.rest()
    }

    private mutating func reduced() -> Double {
        if control == .cubic {
            cubic.lose(window: size / Segment.size)
            return max(2 * Segment.size, size * Cubic.decrease)
        }
        return max(2 * Segment.size, size / 2)
    }
}

extension Double {
    fileprivate static func halved(_ times: Double) -> Double {
        var factor = 1.0
        for _ in 0..<Int(min(times, 20)) { factor /= 2 }
        return factor
    }
}
