// SPDX-License-Identifier: Apache-2.0
/// The parts that are missing from a sender's stream over a link, in the order in which they were lost. Positions count
/// the bytes that the link accepted.
struct Holes {
    private struct Hole {
        let position: Double
        /// Bytes that have not been sent again yet.
        var missing: Double
        var isKnown = false
        /// The hole is filled once this position has arrived.
        var filled = Double.infinity
    }

    private var holes: [Hole] = []
    private var firstOpen = 0
    private var firstUnknown = 0
    private var firstUnsent = 0

    var isEmpty: Bool { firstOpen == holes.count }

    mutating func add(_ bytes: Double, at position: Double) {
        if let last = holes.last, !last.isKnown, position - last.position < 2 * Segment.size {
            holes[holes.count - 1].missing += bytes
        } else {
            holes.append(Hole(position: position, missing: bytes))
        }
    }

    /// The sender detects what was lost before the last acknowledged segment.
    ///
    /// - Returns: the number of bytes detected as lost, and the position of the last of them.
    mutating func notice(acknowledged: Double) -> (bytes: Double, position: Double)? {
        guard firstUnknown < holes.count, holes[firstUnknown].position + Segment.size <= acknowledged else {
            return nil
        }
        var bytes = 0.0
        while firstUnknown < holes.count, holes[firstUnknown].position + Segment.size <= acknowledged {
            holes[firstUnknown].isKnown = true
            bytes += holes[firstUnknown].missing
            firstUnknown += 1
        }
        return (bytes, holes[firstUnknown - 1].position)
    }

    /// The sender treats everything as lost.
    mutating func noticeAll() {
        _ = notice(acknowledged: .infinity)
    }

    /// `bytes` have been sent again, up to `position`.
    mutating func resend(_ bytes: Double, upTo position: Double) {
        var rest = bytes
        while firstUnsent < firstUnknown, rest > 0 {
            let part = min(rest, holes[firstUnsent].missing)
            rest -= part
            holes[firstUnsent].missing -= part
            guard holes[firstUnsent].missing < 0.5 else { return }
            holes[firstUnsent].filled = position
            firstUnsent += 1
        }
    }

    /// Everything that is still open is filled at `position`.
    mutating func fill(upTo position: Double) {
        for index in firstUnsent..<holes.count {
            holes[index].isKnown = true
            holes[index].missing = 0
            holes[index].filled = position
        }
        (firstUnknown, firstUnsent) = (holes.count, holes.count)
    }

    /// The position up to which the stream is complete.
    mutating func whole(arrived: Double) -> Double {
        guard firstOpen < holes.count else { return arrived }
        while firstOpen < holes.count, holes[firstOpen].filled <= arrived + 1 { firstOpen += 1 }
        guard firstOpen == holes.count else { return min(arrived, holes[firstOpen].position) }
        self = Holes()
        return arrived
    }
}
