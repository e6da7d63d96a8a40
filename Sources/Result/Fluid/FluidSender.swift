// SPDX-License-Identifier: Apache-2.0
/// One TCP sender over one link at a time. All bytes are IP bytes.
struct FluidSender {
    private(set) var window: CongestionWindow
    private(set) var timer: RetransmissionTimer
    var holes = Holes()
    /// Bytes that were lost: those that the sender does not know about, and those that it does.
    var silent = 0.0
    var known = 0.0
    /// Fractions of a byte that were lost and are not sent again.
    var forgiven = 0.0
    /// Bytes in flight on a link that the sender has left.
    var elsewhere = 0.0
    /// The position up to which losses count as losses of one window.
    var recovery = 0.0
    var isDoubtful = false
    /// After the window was used up, it counts as used up for one round-trip time (`tcp_cwnd_validate`).
    var limitedUntil = 0.0
    /// The bytes that the link had accepted at the end of each of the last steps.
    var history = [Double](repeating: 0, count: mask + 1)
    var oldest: Int
    var lastSent: Double
    static let mask = 4095

    init(_ control: CongestionWindow.Control, link: FluidLink.Ledger, step: Int) {
        window = CongestionWindow(control)
        let now = Double(step) * FluidLink.step
        timer = RetransmissionTimer(roundTrip: link.roundTrip, at: now)
        oldest = step
        lastSent = now
        recovery = link.accepted
    }

    func onItsWay(_ link: FluidLink.Ledger) -> Double { link.unacknowledged + silent + elsewhere }

    /// The bytes of this sender that the receiver has in order over `link`.
    mutating func whole(_ link: FluidLink.Ledger) -> Double { holes.whole(arrived: link.arrived) + forgiven }

    // MARK: - What the sender hears

    mutating func acknowledge(_ bytes: Double, _ link: FluidLink.Ledger, step: Int, coupled: Double = 0) {
        let now = Double(step) * FluidLink.step
        oldest = max(oldest, step - Self.mask)
        while oldest < step, history[oldest & Self.mask] <= link.acknowledged { oldest += 1 }
        let waited = max(0, step - oldest + 1 - link.roundTripSteps)
        timer.sample(Double(waited) * FluidLink.step + link.roundTrip, segments: bytes / Segment.size)
        heard(bytes, link, now, coupled)
        guard let lost = holes.notice(acknowledged: link.acknowledged) else { return }
        silent = max(0, silent - lost.bytes)
        known += lost.bytes
        if lost.position >= recovery {
            window.reduce()
            recovery = link.accepted
        }
    }

    mutating func heard(_ bytes: Double, _ link: FluidLink.Ledger, _ now: Double, _ coupled: Double) {
        timer.restart(at: now)
        if isDoubtful {
            window.restore()
            isDoubtful = false
        }
        guard now <= limitedUntil, link.acknowledged >= recovery else { return }
        window.grow(by: bytes, at: now, roundTrip: timer.latest, least: timer.least, coupled: coupled)
    }

    // MARK: - What it sends

    /// - Parameter supply: the bytes available that have never been sent.
    /// - Returns: how many of those it sent, and how many bytes in total the link is to take.
    mutating func send(_ supply: Double, _ link: FluidLink.Ledger, step: Int) -> (fresh: Double, offered: Double) {
        let now = Double(step) * FluidLink.step
        if known < 1, silent < 1, !holes.isEmpty {
            // Everything that is missing is in flight, so the fractions that remain open are filled by then.
            forgiven += known + silent
            (known, silent) = (0, 0)
            holes.fill(upTo: link.accepted)
        }
        let outstanding = onItsWay(link)
        if outstanding > 1 { wait(link, now) }
        var room = window.size + link.early - onItsWay(link)
        if supply + known >= room || window.isInSlowStart && window.size < 2 * outstanding {
            limitedUntil = now + timer.smoothed
        }
        history[step & Self.mask] = link.accepted
        guard room > 0, supply + known > 0 else { return (0, 0) }
        if outstanding <= 1 {
            if known <= 0, now - lastSent > timer.timeout {
                window.rest(timeouts: (now - lastSent) / timer.timeout)
                room = min(room, window.size)
            }
            timer.arm(at: now)
        }
        lastSent = now
        let again = min(room, known)
        let fresh = min(room - again, supply)
        known -= again
        guard link.isUsable else {
            lose(again + fresh, link)
            return (fresh, 0)
        }
        if again > 0 { holes.resend(again, upTo: link.accepted + again) }
        history[step & Self.mask] = link.accepted + again + fresh
        return (fresh, again + fresh)
    }

    mutating func wait(_ link: FluidLink.Ledger, _ now: Double) {
        switch timer.expiry(at: now, isOpen: link.acknowledged >= recovery) {
        case .none: break
        case .probe:
            // The answer to a probe shows what was lost; the model assumes that the sender knows it when the probe
            // leaves.
            guard link.isUsable, link.unacknowledged + elsewhere <= 1 else { return }
            suspect(silent)
            window.reduce()
            recovery = link.accepted
        case .timeout where link.unacknowledged > 1:
            // Bytes that still wait in a queue will be acknowledged, which shows that nothing was lost.
            isDoubtful = true
            window.timeOut()
        case .timeout:
            suspect(silent)
            known += elsewhere
            elsewhere = 0
            window.timeOut()
            recovery = link.acknowledged
        }
    }

    mutating func suspect(_ bytes: Double) {
        silent -= bytes
        known += bytes
        holes.noticeAll()
    }
}
