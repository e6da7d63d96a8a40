// SPDX-License-Identifier: Apache-2.0
/// How much one sender may have on its way, in IP bytes, and how that grows and shrinks: as the kernel's Reno, CUBIC
/// (net/ipv4/tcp_cubic.c, RFC 9438) and LIA (RFC 6356) have it.
struct CongestionWindow {
    enum Control {
        case reno, cubic, lia
    }

    private let control: Control
    private(set) var size = Segment.initialWindow
    private var threshold = Double.infinity
    private var cubic = Cubic()
    /// What of the present round is still to be acknowledged, and what was seen in it.
    private var round = (rest: Segment.initialWindow, samples: 0.0, least: Double.infinity)
    /// What a timeout took, as long as it may prove to have been spurious.
    private var before: (size: Double, threshold: Double)?

    init(_ control: Control) {
        self.control = control
    }

    var isInSlowStart: Bool { size < threshold }
    /// `tcp_update_pacing_rate`, net/ipv4/tcp_input.c.
    var pacingGain: Double { size < threshold / 2 ? 2 : 1.2 }

    /// - Parameter coupled: LIA's increase for each byte, of all windows; not asked of others.
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

    /// HyStart's delay increase: an eighth of the least round trip, within 4 and 16 ms, of the least of eight in a
    /// round, from a window of 16 segments on.
    private mutating func hystart(_ acknowledged: Double, roundTrip: Double, least: Double) -> Bool {
        round.rest -= acknowledged
        if round.rest <= 0 { round = (rest: size, samples: 0, least: .infinity) }
        guard size >= 16 * Segment.size else { return false }
        round.samples += acknowledged / Segment.size
        round.least = min(round.least, roundTrip)
        return round.samples >= 8 && round.least > least + min(max(least / 8, 0.004), 0.016)
    }

    /// After a loss that was noticed by what arrived behind it.
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

    /// The timeout was spurious (F-RTO, RFC 5682).
    mutating func restore() {
        guard let before else { return }
        (size, threshold) = before
        self.before = nil
    }

    /// Nothing was sent for some timeouts (RFC 2861): each halves the window.
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
