// SPDX-License-Identifier: Apache-2.0
/// Unencrypted IEEE 802.11 data frames as captured in monitor mode.
enum WirelessHeader {
    /// The IP header after a radiotap header (https://www.radiotap.org). Only the field that tells how the frame is
    /// padded is read.
    static func internetPlaceBehindRadiotap(in bytes: RawSpan) -> LinkHeader.Place? {
        guard bytes.byteCount >= 8 else { return nil }
        let length = Int(UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        guard length >= 8 else { return nil }
        return internetPlace(in: bytes, at: length, isPadded: isPadded(bytes, headerLength: length))
    }

    private static func isPadded(_ bytes: RawSpan, headerLength: Int) -> Bool {
        func present(_ index: Int) -> UInt32 {
            UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 4 + 4 * index, as: UInt32.self))
        }
        let end = min(bytes.byteCount, headerLength)
        let first = present(0)
        guard first & 2 != 0 else { return false }
        // More words of the same kind may follow, then a time stamp aligned to eight bytes, then the flags.
        var words = 1
        while 4 + 4 * words <= end, present(words - 1) & 1 << 31 != 0 {
            words += 1
            guard 4 + 4 * words <= end else { return false }
        }
        var offset = 4 + 4 * words
        if first & 1 != 0 { offset = ((offset + 7) & ~7) + 8 }
        return offset < end && bytes.byte(at: offset) & 0x20 != 0
    }

    /// - Parameter isPadded: whether the header is padded to a multiple of four bytes.
    static func internetPlace(in bytes: RawSpan, at start: Int, isPadded: Bool) -> LinkHeader.Place? {
        guard bytes.byteCount >= start + 24 else { return nil }
        let control = bytes.byte(at: start)
        let flags = bytes.byte(at: start + 1)
        // Accepts version 0, type data, a subtype with data, and no encryption.
        guard control & 0x0f == 0x08, control & 0x40 == 0, flags & 0x40 == 0 else { return nil }
        var offset = start + 24
        // A frame from one access point to another has a fourth address.
        if flags & 0x03 == 0x03 { offset += 6 }
        var isAggregate = false
        if control & 0x80 != 0 {
            guard bytes.byteCount >= offset + 2 else { return nil }
            isAggregate = bytes.byte(at: offset) & 0x80 != 0
            offset += 2
            if flags & 0x80 != 0 { offset += 4 }
        }
        if isPadded { offset = start + ((offset - start + 3) & ~3) }
        // Only the first frame of an aggregate is read: addresses and a length precede it.
        if isAggregate { offset += 14 }
        // Requires LLC and SNAP with an EtherType.
        guard bytes.byteCount >= offset + 8, bytes.network(at: offset, as: UInt32.self) == 0xaaaa_0300 else {
            return nil
        }
        return LinkHeader.behindEtherType(bytes, at: offset + 6)
    }
}
