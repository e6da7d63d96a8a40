// SPDX-License-Identifier: Apache-2.0
/// SHA-256 (FIPS 180-4), to identify the exact files a result was made from, and for pseudonyms. It does not run in
/// constant time: its running time need not be kept secret.
package struct SHA256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes that do not fill a block of 64 yet.
    private var pending: [UInt8] = []
    private var length: UInt64 = 0
    /// Scratch space of `compress`, kept so that a block needs no allocation.
    private var schedule = [UInt32](repeating: 0, count: 64)

    package init() {}

    package mutating func update(_ bytes: [UInt8]) {
        length += UInt64(bytes.count)
        var next = 0
        if !pending.isEmpty {
            next = min(64 - pending.count, bytes.count)
            pending += bytes[..<next]
            guard pending.count == 64 else { return }
            compress(pending, at: 0)
            pending = []
        }
        while bytes.count - next >= 64 {
            compress(bytes, at: next)
            next += 64
        }
        pending += bytes[next...]
    }

    /// The digest of all bytes so far, as 64 lowercase hexadecimal digits.
    package func hexadecimal() -> String {
        var copy = self
        let bits = length * 8
        // A one bit, zeros up to 56 modulo 64, then the length in bits.
        let zeros = (119 - pending.count % 64) % 64
        copy.update([0x80] + [UInt8](repeating: 0, count: zeros))
        copy.update((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
        return copy.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexadecimal()
    }

    /// Compresses the 64 bytes from `start` on into the state.
    private mutating func compress(_ bytes: [UInt8], at start: Int) {
        func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
        for index in 0..<16 {
            let place = start + index * 4
            let high = UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
            schedule[index] = high | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
        }
        for index in 16..<64 {
            let early = schedule[index - 15]
            let late = schedule[index - 2]
            let sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
            let sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ sigma0 &+ schedule[index - 7] &+ sigma1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ Self.constants[index] &+ schedule[index]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
    }

    /// The digest in base64 (RFC 4648, section 4).
    package static func base64(of bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let hexadecimal = Array(hexadecimal(of: bytes).utf8)
        // Three hexadecimal digits are two of base64; the 64 digits of a digest end with one that has two more bits.
        let places = stride(from: 0, to: hexadecimal.count, by: 3).flatMap { start -> [UInt8] in
            let group = hexadecimal[start..<min(start + 3, hexadecimal.count)]
            let value = group.reduce(0) { $0 << 4 | Int($1 < 0x40 ? $1 - 0x30 : $1 - 0x57) }
            return group.count == 3 ? [digits[value >> 6], digits[value & 63]] : [digits[value << 2]]
        }
        return String(decoding: places, as: UTF8.self) + "="
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
