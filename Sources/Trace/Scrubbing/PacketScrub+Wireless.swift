// SPDX-License-Identifier: Apache-2.0
import Pcap

/// 802.11 data frames that are not encrypted. Of all other frames nothing is left.
extension PacketScrub {
    /// A radiotap header keeps its length, and the flag that says whether the frame's header is padded.
    mutating func radiotap() -> Bool {
        guard let sizes = copy.original(at: 2, count: 2), copy.count >= 8 else { return false }
        let length = Int(sizes[0]) | Int(sizes[1]) << 8
        guard length >= 8 else { return false }
        copy.keep(2, count: 2)
        let padded = isPadded(length)
        if padded {
            // Only the flags are present, and of them only the padding.
            copy.put([2, 0, 0, 0, 0x20], at: 4)
        }
        return wireless(at: length, isPadded: padded)
    }

    private func isPadded(_ length: Int) -> Bool {
        func present(_ index: Int) -> UInt32? { copy.number(at: 4 + 4 * index, as: UInt32.self)?.byteSwapped }
        let end = min(copy.count, length)
        guard let first = present(0), first & 2 != 0 else { return false }
        // More words of the same kind may follow, then a time stamp aligned to eight bytes, then the flags.
        var words = 1
        while let word = present(words - 1), word & 1 << 31 != 0 {
            words += 1
            guard 4 + 4 * words <= end else { return false }
        }
        var offset = 4 + 4 * words
        if first & 1 != 0 { offset = ((offset + 7) & ~7) + 8 }
        return offset < end && (copy.byte(at: offset) ?? 0) & 0x20 != 0
    }

    mutating func wireless(at start: Int, isPadded: Bool) -> Bool {
        guard copy.original(at: start, count: 24) != nil, let control = copy.byte(at: start),
            let flags = copy.byte(at: start + 1)
        else { return false }
        // Version 0, type data, a subtype with data, and no encryption.
        guard control & 0x0f == 0x08, control & 0x40 == 0, flags & 0x40 == 0 else { return false }
        // The frame's type; to and from the access point, sent again, a longer header.
        copy.put(control, at: start)
        copy.put(flags & 0x8b, at: start + 1)
        for place in [4, 10, 16] { station(at: start + place) }
        var offset = start + 24
        if flags & 0x03 == 0x03 {
            station(at: offset)
            offset += 6
        }
        var isAggregate = false
        if control & 0x80 != 0 {
            guard let quality = copy.original(at: offset, count: 2) else { return false }
            isAggregate = quality[0] & 0x80 != 0
            copy.put(quality[0] & 0x80, at: offset)
            offset += 2
            if flags & 0x80 != 0 { offset += 4 }
        }
        if isPadded { offset = start + ((offset - start + 3) & ~3) }
        return isAggregate ? aggregate(at: offset) : behindLinkControl(at: offset)
    }

    /// The frames in an aggregate (A-MSDU): two addresses and a length precede each, and all but the last are padded.
    private mutating func aggregate(at start: Int) -> Bool {
        var position = start
        var isAny = false
        while let length = copy.number(at: position + 12, as: UInt16.self) {
            if behindLinkControl(at: position + 14) {
                station(at: position)
                station(at: position + 6)
                isAny = true
            }
            copy.put(length, at: position + 12)
            position += (14 + Int(length) + 3) & ~3
        }
        return isAny
    }

    /// LLC and SNAP with an EtherType.
    private mutating func behindLinkControl(at position: Int) -> Bool {
        guard copy.number(at: position, as: UInt32.self) == 0xaaaa_0300 else { return false }
        copy.keep(position, count: 3)
        return behindEtherType(at: position + 6)
    }
}
