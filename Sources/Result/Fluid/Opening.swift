// SPDX-License-Identifier: Apache-2.0
import Determinism

/// A connection or subflow that is being opened. Its SYN goes up, the answer comes down through the queue like
/// everything else, and the sender begins once it has received the answer.
struct Opening {
    let path: Int
    private var due: Int
    private var interval = 50

    /// IP bytes of the SYN/ACK.
    private static let answer = 60.0

    init(_ path: Int, step: Int, link: FluidLink.Ledger) {
        self.path = path
        due = step + Opening.halfTrip(link)
    }

    private static func halfTrip(_ link: FluidLink.Ledger) -> Int {
        Int((link.roundTrip / 2 / FluidLink.step).rounded())
    }

    /// Sends a SYN when one is due: without an answer, again after one second, then after two more, then after four
    /// more.
    mutating func send(_ link: inout FluidLink, step: Int) {
        guard step >= due else { return }
        due = step + interval
        interval *= 2
        if link.ledger.isUsable, link.ledger.unacknowledged <= 0 { link.offer(Self.answer) }
    }
}
