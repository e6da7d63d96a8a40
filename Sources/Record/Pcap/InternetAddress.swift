// SPDX-License-Identifier: Apache-2.0
import Determinism

/// An IPv4 or IPv6 address as in a packet, stored without heap memory.
package struct InternetAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    package enum Family: UInt8, Sendable {
        case v4 = 4
        case v6 = 6
    }

    package let family: Family
    /// The address as a number; IPv4 uses only the lower half.
    package let high: UInt64
    package let low: UInt64

    package init(v4 number: UInt32) {
        family = .v4
        high = 0
        low = UInt64(number)
    }

    package init(v6 high: UInt64, _ low: UInt64) {
        family = .v6
        self.high = high
        self.low = low
    }

    package static func < (left: InternetAddress, right: InternetAddress) -> Bool {
        (left.family.rawValue, left.high, left.low) < (right.family.rawValue, right.high, right.low)
    }

    /// The usual text form: `10.1.0.2`, `fd00:1::2` (RFC 5952).
    package var description: String {
        if family == .v4 {
            let bytes: [UInt64] = [low >> 24 & 0xff, low >> 16 & 0xff, low >> 8 & 0xff, low & 0xff]
            return bytes.map { String($0) }.joined(separator: ".")
        }
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> (48 - 16 * UInt64(index % 4)))
        }
        guard let zeros = Self.longestZeros(groups) else { return Self.text(groups[...]) }
        return "\(Self.text(groups[..<zeros.lowerBound]))::\(Self.text(groups[zeros.upperBound...]))"
    }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of two or more zero groups.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
            start = max(end, start + 1)
        }
        return best
    }
}
