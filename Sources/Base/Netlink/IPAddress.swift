// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Family: Hashable, Sendable, CaseIterable {
        case v4, v6
    }

    /// 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    package init(v4 a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
        bytes = [a, b, c, d]
    }

    /// Takes up to eight groups of 16 bits: `groups` are the first ones, `host` is the last, and those between are
    /// zero.
    package init(v6 groups: [UInt16], host: UInt16) {
        let prefix = Array(groups.prefix(7))
        let all = prefix + Array(repeating: 0, count: 7 - prefix.count) + [host]
        bytes = all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }

    /// nil unless there are 4 or 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// nil if `text` is not an address.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer.prefix(4))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes = buffer
        } else {
            return nil
        }
    }

    package var family: Family { bytes.count == 4 ? .v4 : .v6 }

    /// AF_INET or AF_INET6.
    package var familyNumber: Int32 { family == .v4 ? AF_INET : AF_INET6 }

    /// Length in bits, which is the prefix length that stands for this address alone.
    package var bits: UInt8 { UInt8(bytes.count * 8) }

    /// The same address with the bits after the first `length` set to zero.
    package func masked(to length: UInt8) -> IPAddress {
        let masked = bytes.enumerated().map { index, byte -> UInt8 in
            let kept = max(0, min(8, Int(length) - index * 8))
            return byte & ~UInt8(truncatingIfNeeded: 0xff >> kept)
        }
        return IPAddress(bytes: masked) ?? self
    }

    /// The address `count` further on; only the last byte changes.
    package func advanced(by count: Int) -> IPAddress {
        IPAddress(bytes: bytes.dropLast() + bytes.suffix(1).map { $0 &+ UInt8(truncatingIfNeeded: count) }) ?? self
    }

    /// The address as people write it: `10.1.0.2`, `fd00:1::2`.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(familyNumber, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress.Family {
    package var number: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}

/// An address and how many of its leading bits name its network.
package struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let length: UInt8

    package init(_ address: IPAddress, _ length: UInt8) {
        self.address = address
        self.length = length
    }

    package var description: String { "\(address)/\(length)" }
}

package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    /// The six bytes of the address.
    package let bytes: [UInt8]

    /// A locally administered address that ends in these three bytes.
    package init(local a: UInt8, _ b: UInt8, _ c: UInt8) {
        bytes = [0x02, 0x57, 0x42, a, b, c]
    }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
