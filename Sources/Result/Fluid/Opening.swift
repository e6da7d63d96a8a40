// SPDX-License-Identifier: Apache-2.0
import Determinism

/// A connection or a subflow that is being opened: its SYN goes up, the answer comes through the queue like everything
/// else, and once the sender has heard of that it begins.
struct Opening {
    let path: Int
    private var due: Int
    private var interval = 50

    /// IP bytes of SYN and ACK.
    private static let answer = 60.0

    init(_ path: Int, step: Int, link: FluidLink.Ledger) {
        self.path = path
        due = step + Opening.halfTrip(link)
    }

    private static func halfTrip(_ link: FluidLink.Ledger) -> Int {
        Int((link.roundTrip / 2 / FluidLink.step).rounded())
    }

    /// Sends what is due: after one second without an answer, two more, four more.
    mutating func send(_ link: inout FluidLink, step: Int) {
        guard step >= due else { return }
        due = step + interval
        interval *= 2
        if link.ledger.isUsable, link.ledger.unacknowledged <= 0 { link.offer(Self.answer) }
    }
}
