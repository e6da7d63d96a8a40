// SPDX-License-Identifier: Apache-2.0
import Quantities

extension RunRecord {
    /// A trace has at most 48 hours, and some events are before the first SYN.
    private static let times = Duration.seconds(-3600)...Duration.seconds(50 * 3600)
    /// 1 Tb/s carries 2.2 * 10^16 bytes in 48 hours. The largest sums are those of the three kinds of dropped bytes of
    /// all links, and they fit into 64 bits.
    private static let counts: ClosedRange<Int64> = 0...30_000_000_000_000_000
    /// Eight paths have 16 links.
    private static let mostLinks = 64

    /// Why no run can have made this record; nil if one can. Whatever computes with its numbers relies on their limits:
    /// a program in the guest may have written the record.
    package var objection: String? {
        if links.count > Self.mostLinks { return "it has \(links.count) links" }
        if others.count > Self.mostLinks { return "it has \(others.count) other flows" }
        let spans =
            [("measured", measured)] + events.map { ("events", $0.time) } + exchanges.map { ("exchanges", $0.start) }
        let ends = exchanges.compactMap { $0.end.map { ("exchanges", $0) } }
        if let (name, time) = (spans + ends).first(where: { !Self.times.contains($0.1) }) {
            return "'\(name)' has the time \(time)"
        }
        if measured < .zero { return "'measured' is \(measured)" }
        let bytes = links.flatMap {
            [$0.arrived, $0.droppedQueue, $0.droppedLoss, $0.droppedDetached, $0.largestPacket]
        }
        let numbers =
            [("delivered", delivered.bytes)] + bytes.map { ("links", $0.bytes) }
            + links.flatMap { [("links", $0.packets), ("links", $0.queueDisciplineDrops)] }
            + others.map { ("others", $0.delivered.bytes) } + exchanges.map { ("exchanges", $0.size.bytes) }
            // A gauge of the kernel may be below zero for a moment.
            + counters.map { ("counters", Int64(clamping: $0.value.magnitude)) }
        return numbers.first { !Self.counts.contains($0.1) }.map { "'\($0.0)' has the number \($0.1)" }
    }
}
