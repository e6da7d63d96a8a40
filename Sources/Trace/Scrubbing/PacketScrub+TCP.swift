// SPDX-License-Identifier: Apache-2.0
import Pcap

/// TCP's header and options.
extension PacketScrub {
    private static let acknowledgement: UInt8 = 0x10

    mutating func segment(at start: Int, captured: Int, wireLength: Int, _ pair: AddressPair) {
        guard captured >= 20, let header = copy.original(at: start, count: 20) else { return }
        let size = Int(header[12] >> 4) * 4
        guard size >= 20, size <= wireLength else { return }
        let flow = FlowDirection(
            source: pair.source, destination: pair.destination, sourcePort: Pseudonyms.number(header),
            destinationPort: Pseudonyms.number(header[2...]))
        let (sent, confirmed) = (keys.offsets(of: flow), keys.offsets(of: flow.reversed))
        let isAcknowledgement = header[13] & Self.acknowledgement != 0
        copy.keep(start, count: 4)
        copy.put(Pseudonyms.number(header[4...]) &+ sent.sequence, at: start + 4)
        if isAcknowledgement {
            copy.put(Pseudonyms.number(header[8...]) &+ confirmed.sequence, at: start + 8)
        }
        // The header's length, the flags, the window. The urgent pointer stays zero.
        copy.put(header[12] & 0xf0, at: start + 12)
        copy.keep(start + 13, count: 3)
        options(from: start + 20, to: start + min(size, captured), sent: sent, confirmed: confirmed)
    }

    /// Options that nobody needs become padding. Nothing after an option that contradicts itself is read, here or by
    /// derivation.
    private mutating func options(from start: Int, to end: Int, sent: FlowOffsets, confirmed: FlowOffsets) {
        var position = start
        while position < end, let kind = copy.byte(at: position) {
            guard kind != 0 else { return }
            guard kind != 1 else {
                copy.put(kind, at: position)
                position += 1
                continue
            }
            guard position + 2 <= end, let length = copy.byte(at: position + 1).map(Int.init), length >= 2,
                position + length <= end, let value = copy.original(at: position + 2, count: length - 2)
            else { return }
            if let kept = option(kind, value, sent: sent, confirmed: confirmed) {
                copy.put([kind, UInt8(length)] + kept, at: position)
            } else {
                copy.put([UInt8](repeating: 1, count: length), at: position)
            }
            position += length
        }
    }

    /// What may be shown of an option's value, in as many bytes; nil if nothing of the option may. A value that its
    /// kind cannot have becomes zeros, since derivation reads nothing after such an option.
    private mutating func option(_ kind: UInt8, _ value: [UInt8], sent: FlowOffsets, confirmed: FlowOffsets) -> [UInt8]?
    {
        let nothing = [UInt8](repeating: 0, count: value.count)
        func number(_ place: Int) -> UInt32 { Pseudonyms.number(value[place...]) }
        switch (kind, value.count) {
        // The segment size; the window's scale, of which more than 14 means 14; whether ranges are understood.
        case (2, 2): return value
        case (3, 1): return [min(value[0], 14)]
        case (4, 0): return value
        case (5, let count) where count % 8 == 0:
            return stride(from: 0, to: count, by: 4).flatMap { Pseudonyms.bytes(number($0) &+ confirmed.sequence) }
        case (8, 8):
            // An echo of zero is none; with an offset it would tell the offset.
            let echo = number(4)
            return Pseudonyms.bytes(number(0) &+ sent.stamp)
                + Pseudonyms.bytes(echo == 0 ? 0 : echo &+ confirmed.stamp)
        case (30, _): return MultipathScrub.published(value, &keys)
        // The cookie of Fast Open names its client; that there is one does not.
        case (2...5, _), (8, _), (28, _), (34, _): return nothing
        default: return nil
        }
    }
}
