// SPDX-License-Identifier: Apache-2.0
/// One subflow: a sender, and the data that the connection has given it.
struct Subflow {
    var sender: FluidSender
    var isOpen = false
    /// Bytes of the subflow's stream: those that it was given, that it has sent, and that have arrived in order.
    private(set) var given = 0.0
    private(set) var sent = 0.0
    private(set) var whole = 0.0
    private let start: Double
    private var pace: Double
    private var largest = Segment.initialWindow

    init(_ control: CongestionWindow.Control, link: FluidLink.Ledger, step: Int) {
        sender = FluidSender(control, link: link, step: step)
        start = link.arrived
        pace = 0
    }

    /// Bytes that wait in the subflow's send buffer, sent or not.
    var queued: Double { given - whole }

    /// How much the kernel lets the subflow hold: twice the largest window (`tcp_sndbuf_expand`), up to the limit.
    func buffer(_ limit: Double) -> Double { min(limit, 2 * largest) }

    private var pacing: Double { sender.window.pacingGain * sender.window.size / sender.timer.smoothed }

    /// How long the data that the subflow holds will take, as the scheduler estimates it (`mptcp_subflow_get_send` in
    /// net/mptcp/protocol.c).
    var linger: Double { queued / (pace > 0 ? pace : pacing) }

    /// Updates the scheduler's estimate of the rate from the data that it gives the subflow.
    mutating func choose(burst: Double) {
        let known = pace > 0 ? pace : pacing
        pace = (known * queued + pacing * burst) / max(1, queued + burst)
    }

    mutating func give(_ bytes: Double) { given += bytes }

    /// - Returns: the bytes that the link is to take.
    mutating func send(_ link: FluidLink.Ledger, step: Int) -> Double {
        let (fresh, offered) = sender.send(given - sent, link, step: step)
        sent += fresh
        largest = max(largest, sender.window.size)
        return offered
    }

    mutating func receive(_ link: FluidLink.Ledger) {
        whole = max(whole, sender.whole(link) - start)
    }
}
