// SPDX-License-Identifier: Apache-2.0
extension FluidSender {
    mutating func lose(_ bytes: Double, _ link: FluidLink.Ledger) {
        silent += bytes
        holes.add(bytes, at: link.accepted)
    }

    /// The sender sends over another link from now on; bytes in flight on `link` may still arrive.
    mutating func leave(_ link: FluidLink.Ledger, for other: FluidLink.Ledger, step: Int) {
        elsewhere += link.unacknowledged
        holes = Holes()
        if silent > 0 { holes.add(silent, at: other.accepted) }
        recovery = other.accepted
        oldest = step
        for index in history.indices { history[index] = 0 }
        history[step & Self.mask] = other.accepted
    }

    mutating func acknowledgeElsewhere(_ bytes: Double, _ link: FluidLink.Ledger, step: Int) {
        elsewhere = max(0, elsewhere - bytes)
        heard(bytes, link, Double(step) * FluidLink.step, 0)
    }

    /// The bytes in flight on the link that the sender has left are lost.
    mutating func loseElsewhere(_ link: FluidLink.Ledger) {
        lose(elsewhere, link)
        elsewhere = 0
    }

    /// Newer segments were acknowledged before these bytes, so the bytes count as lost.
    mutating func overtake() -> Double {
        defer { elsewhere = 0 }
        known += elsewhere
        return elsewhere
    }
}
