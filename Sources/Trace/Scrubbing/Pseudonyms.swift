// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Pcap

/// Replaces addresses by pseudonyms that preserve prefixes: two addresses that share their first bits get pseudonyms
/// that share as many (as in Crypto-PAn, Xu, Fan, Ammar and Moon 2002), so that networks stay networks. Without the key
/// neither an address nor its pseudonym can be derived from the other.
package struct Pseudonyms {
    private let key: [UInt8]
    private var known: [InternetAddress: InternetAddress] = [:]

    /// - Parameter key: the same key gives the same pseudonyms in all captures of a walk.
    package init(key: String) {
        self.key = Array("walkback scrub\0\(key)\0".utf8)
    }

    /// Multicast, loopback, unspecified and broadcast addresses identify nobody and stay. The first four bits of IPv4
    /// and eight of IPv6 stay too, so that no pseudonym is such an address.
    package mutating func pseudonym(of address: InternetAddress) -> InternetAddress {
        if Self.namesNobody(address) { return address }
        if let known = known[address] { return known }
        let pseudonym: InternetAddress
        switch address.family {
        case .v4: pseudonym = InternetAddress(v4: UInt32(mask(address.low << 32, bits: 4..<32, context: [4]) >> 32))
        case .v6:
            // A link-local address stays link-local: its first ten bits mark it, and the bits from there to the 64th
            // are zero.
            let isLinkLocal = address.high >> 54 == 0x3fa
            let high = isLinkLocal ? address.high : mask(address.high, bits: 8..<64, context: [6])
            let prefix = withUnsafeBytes(of: address.high.bigEndian) { [6] + Array($0) }
            pseudonym = InternetAddress(v6: high, mask(address.low, bits: 0..<64, context: prefix))
        }
        known[address] = pseudonym
        return pseudonym
    }

    /// The pseudonym of a station's address: equal for equal addresses, and marked as locally administered.
    package func station(_ address: [UInt8]) -> [UInt8] {
        let isGroup = (address.first ?? 0) & 1 != 0
        if isGroup { return address }
        var digest = Array(digest([9] + address).prefix(address.count))
        if !digest.isEmpty { digest[0] = digest[0] & 0xfc | 2 }
        return digest
    }

    private static func namesNobody(_ address: InternetAddress) -> Bool {
        switch address.family {
        case .v4:
            let first = address.low >> 24
            return first == 0 || first == 127 || first >= 224
        case .v6: return address.high >> 56 == 0xff || (address.high == 0 && address.low <= 1)
        }
    }

    /// A mask that flips or keeps each of `bits` of `value`, counted from the highest, depending on the bits before it.
    private func mask(_ value: UInt64, bits: Range<UInt64>, context: [UInt8]) -> UInt64 {
        var result = value
        for bit in bits {
            let before = bit == 0 ? 0 : (value >> (64 - bit)) << (64 - bit)
            let number = withUnsafeBytes(of: before.bigEndian) { Array($0) }
            let turn = digest(context + [UInt8(bit)] + number)[0] & 1
            result ^= UInt64(turn) << (63 - bit)
        }
        return result
    }

    private func digest(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(SHA256.hexadecimal(of: key + bytes).utf8)
        return stride(from: 0, to: digits.count, by: 2).map { Self.value(digits[$0]) << 4 | Self.value(digits[$0 + 1]) }
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}
