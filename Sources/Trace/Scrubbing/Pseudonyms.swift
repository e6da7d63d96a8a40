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
    var flows: [FlowDirection: FlowOffsets] = [:]
    var pairs: [AddressPair: UInt32] = [:]
    /// What is added to the sequence numbers of Multipath TCP connections. It is the same for all of them because a
    /// packet does not say to which connection it belongs.
    let dataOffset: UInt64

    /// - Parameter key: the same key gives the same pseudonyms in all captures of a walk.
    package init(key: String) {
        self.key = Array("walkback scrub\0\(key)\0".utf8)
        dataOffset = Self.number(Self.hash(self.key + [11]))
    }

    /// Addresses in `WellKnown` stay. So do the first four bits of IPv4 and eight of IPv6, and as many bits as an
    /// address has in common with a well-known prefix: no pseudonym then gets a meaning that its address did not have.
    /// Addresses inside addresses (6to4, Teredo, NAT64, ISATAP, EUI-64) need no rule of their own, since every further
    /// bit depends on the key.
    package mutating func pseudonym(of address: InternetAddress) -> InternetAddress {
        if let known = known[address] { return known }
        let pseudonym: InternetAddress
        switch address.family {
        case .v4:
            let masked = mask(address.low << 32, bits: 4..<32, context: [4]) { bit, before in
                WellKnown.v4.contains { $0.length > bit && Self.first(bit, of: $0.address.low << 32) == before }
            }
            pseudonym = InternetAddress(v4: UInt32(masked >> 32))
        case .v6:
            let high = mask(address.high, bits: 8..<64, context: [6]) { bit, before in
                WellKnown.v6.contains { $0.length > bit && Self.first(bit, of: $0.address.high) == before }
            }
            let low = mask(address.low, bits: 0..<64, context: [6] + Self.bytes(address.high)) { bit, before in
                WellKnown.v6.contains {
                    $0.length > 64 + bit && $0.address.high == address.high
                        && Self.first(bit, of: $0.address.low) == before
                }
            }
            pseudonym = InternetAddress(v6: high, low)
        }
        known[address] = pseudonym
        return pseudonym
    }

    /// The pseudonym of a station's address: equal for equal addresses, marked as locally administered, and a group's
    /// if the address is a group's.
    package func station(_ address: [UInt8]) -> [UInt8] {
        if WellKnown.isStation(address) { return address }
        var digest = Array(digest([9] + address).prefix(address.count))
        if !digest.isEmpty { digest[0] = digest[0] & 0xfc | 2 | (address[0] & 1) }
        return digest
    }

    /// A mask that flips or keeps each of `bits` of `value`, counted from the highest, depending on the bits before it.
    ///
    /// - Parameter stays: whether the bit at a position stays behind the given bits.
    private func mask(
        _ value: UInt64, bits: Range<Int>, context: [UInt8], stays: (_ bit: Int, _ before: UInt64) -> Bool
    ) -> UInt64 {
        var result = value
        for bit in bits {
            let before = Self.first(bit, of: value)
            if stays(bit, before) { continue }
            let turn = digest(context + [UInt8(bit)] + Self.bytes(before))[0] & 1
            result ^= UInt64(turn) << UInt64(63 - bit)
        }
        return result
    }

    /// The number's first bits, followed by zeros.
    private static func first(_ count: Int, of number: UInt64) -> UInt64 {
        count == 0 ? 0 : number & ~0 << UInt64(64 - count)
    }

    /// A keyed hash. The first byte of `bytes` says what for.
    func digest(_ bytes: [UInt8]) -> [UInt8] { Self.hash(key + bytes) }

    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(SHA256.hexadecimal(of: bytes).utf8)
        return stride(from: 0, to: digits.count, by: 2).map { Self.value(digits[$0]) << 4 | Self.value(digits[$0 + 1]) }
    }

    /// The number in network byte order.
    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// The number in network byte order with which `bytes` begin.
    static func number<Number: FixedWidthInteger>(_ bytes: some Sequence<UInt8>, as: Number.Type = Number.self)
        -> Number
    {
        bytes.prefix(Number.bitWidth / 8).reduce(0) { $0 << 8 | Number($1) }
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}

extension InternetAddress {
    /// The address in network byte order: 4 or 16 bytes.
    var networkBytes: [UInt8] {
        let all = Pseudonyms.bytes(high) + Pseudonyms.bytes(low)
        return family == .v4 ? Array(all.suffix(4)) : all
    }

    /// nil unless there are 4 or 16 bytes.
    init?(networkBytes bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.init(v4: Pseudonyms.number(bytes))
        case 16: self.init(v6: Pseudonyms.number(bytes), Pseudonyms.number(bytes.dropFirst(8)))
        default: return nil
        }
    }

    /// nil if `text` is not an address.
    init?(parsing text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(networkBytes: Array(bytes.prefix(4)))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(networkBytes: bytes)
        } else {
            return nil
        }
    }
}
