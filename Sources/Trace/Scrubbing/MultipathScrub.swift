// SPDX-License-Identifier: Apache-2.0
import Pcap

/// Options of Multipath TCP, of version 0 (RFC 6824) or 1 (RFC 8684).
///
/// Keys and codes of authentication go, all of them: with the keys, the code that announces an address gives the
/// address to whoever tries all of them. Derivation needs the data sequence, and which subflow belongs to which
/// connection.
enum MultipathScrub {
    /// What may be shown of an option's value, in as many bytes.
    static func published(_ value: [UInt8], _ keys: inout Pseudonyms) -> [UInt8] {
        guard let first = value.first else { return [] }
        var copy = PacketCopy(of: value)
        copy.put(first & 0xf0, at: 0)
        // The length as the RFCs count it, including kind and length.
        let length = value.count + 2
        switch first >> 4 {
        case 0: capable(&copy, version: first & 0x0f, length, &keys)
        case 1:
            // Whether it is a backup; which of the address's numbers; in the request the connection's token.
            copy.put(first & 0xf1, at: 0)
            guard length == 12 || length == 16 else { break }
            copy.keep(1, count: 1)
            if length == 12, let token: UInt32 = copy.number(at: 2) { copy.put(keys.token(token), at: 2) }
        case 2: dataSequence(&copy, offset: keys.dataOffset)
        case 3: addAddress(&copy, low: first & 0x0f, &keys)
        case 5:
            copy.put(first & 0xf1, at: 0)
            if length == 4 { copy.keep(1, count: 1) }
        case 6:
            guard length == 12, let sequence: UInt64 = copy.number(at: 2) else { break }
            copy.put(sequence &+ keys.dataOffset, at: 2)
        case 8:
            copy.put(first, at: 0)
            if length == 4 { copy.keep(1, count: 1) }
        // Removed addresses have a byte each, and as many bytes are an address. Nothing of a connection's fast end is
        // needed but that it came.
        default: break
        }
        return copy.bytes
    }

    private static func capable(_ copy: inout PacketCopy, version: UInt8, _ length: Int, _ keys: inout Pseudonyms) {
        copy.keep(0, count: 2)
        guard [12, 20, 22, 24].contains(length) else { return }
        for place in length >= 20 ? [2, 10] : [2] {
            guard let key: UInt64 = copy.number(at: place) else { return }
            copy.put(keys.multipathKey(key, version: version), at: place)
        }
        // How much data comes with it.
        if length >= 22 { copy.keep(18, count: 2) }
    }

    /// In version 0 the lower half of the first byte is the address family; in version 1 its lowest bit marks an echo,
    /// and what is not an echo ends with a code.
    private static func addAddress(_ copy: inout PacketCopy, low: UInt8, _ keys: inout Pseudonyms) {
        let isFirstVersion = low == 4 || low == 6
        copy.put(0x30 | (isFirstVersion ? low : low & 1), at: 0)
        let rest = copy.count - 2 - (isFirstVersion || low & 1 != 0 ? 0 : 8)
        guard let size = [4: 4, 6: 4, 16: 16, 18: 16][rest],
            let address = copy.original(at: 2, count: size).flatMap(InternetAddress.init(networkBytes:))
        else { return }
        // The address's number, and after the address a port.
        copy.keep(1, count: 1)
        copy.put(keys.pseudonym(of: address).networkBytes, at: 2)
        copy.keep(2 + size, count: rest - size)
    }

    /// RFC 8684, section 3.3. The number in the subflow and the checksum stay zero.
    private static func dataSequence(_ copy: inout PacketCopy, offset: UInt64) {
        guard let flags = copy.byte(at: 1) else { return }
        copy.put(flags & 0x1f, at: 1)
        var place = 2
        func put(wide: Bool) {
            // A number of four bytes is the lower half of the full one.
            if wide {
                copy.put((copy.number(at: place) ?? 0) &+ offset, at: place)
            } else {
                copy.put((copy.number(at: place) ?? 0) &+ UInt32(truncatingIfNeeded: offset), at: place)
            }
            place += wide ? 8 : 4
        }
        if flags & 0x01 != 0 { put(wide: flags & 0x02 != 0) }
        guard flags & 0x04 != 0 else { return }
        put(wide: flags & 0x08 != 0)
        copy.keep(place + 4, count: 2)
    }
}
