// SPDX-License-Identifier: Apache-2.0

/// Which numbers have arrived, so that none is accepted twice (as in RFC 4303, section 3.4.3). A datagram that is more
/// than a window behind the largest number is not accepted either, because it is not known whether it has arrived.
struct ReplayWindow {
    /// 300 Mb/s fill this in 0.15 s. Datagrams of one path overtake each other by far less.
    static let size: UInt64 = 4096
    private var largest: UInt64 = 0
    /// One bit for each of the last `size` numbers, at the place of its remainder.
    private var bits = [UInt64](repeating: 0, count: Int(size / 64))

    /// - Returns: false if the number has arrived before, is too old to tell, or is 0, which is never used.
    mutating func accept(_ number: UInt64) -> Bool {
        if number > largest {
            if number - largest >= Self.size {
                for index in bits.indices { bits[index] = 0 }
            } else {
                for skipped in largest + 1..<number { clear(skipped) }
            }
            largest = number
        } else if number == 0 || largest - number >= Self.size || isSet(number) {
            return false
        }
        bits[Int(number % Self.size / 64)] |= 1 << (number % 64)
        return true
    }

    private func isSet(_ number: UInt64) -> Bool { bits[Int(number % Self.size / 64)] >> (number % 64) & 1 == 1 }

    private mutating func clear(_ number: UInt64) {
        bits[Int(number % Self.size / 64)] &= ~(1 << (number % 64))
    }
}
