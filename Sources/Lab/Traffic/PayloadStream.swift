// SPDX-License-Identifier: Apache-2.0
import Determinism

/// The bytes of a transfer: a pseudo-random stream that can be computed at any offset. The receiver can therefore
/// check every byte, and a resumed transfer can continue in the middle.
///
/// Each eight bytes are SplitMix64's output for the word's index (Steele, Lea and Flood 2014), little-endian.
package struct PayloadStream: Sendable {
    package let seed: UInt64

    package init(seed: UInt64) {
        self.seed = seed
    }

    /// The stream that a client of the stream of `seed` sends in the other direction.
    package static func upload(of seed: UInt64) -> PayloadStream {
        var generator = SplitMix64(seed: seed, purpose: "upload")
        return PayloadStream(seed: generator.next())
    }

    @inline(__always)
    private func word(_ index: UInt64) -> UInt64 {
        var z = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Fills `buffer` with the stream from byte `offset` on.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: UInt64) {
        var position = offset
        var index = 0
        while index < buffer.count, position % 8 != 0 || buffer.count - index < 8 {
            buffer[index] = byte(at: position)
            index += 1
            position += 1
        }
        var wordIndex = position / 8
        while buffer.count - index >= 8 {
            buffer.storeBytes(of: word(wordIndex).littleEndian, toByteOffset: index, as: UInt64.self)
            index += 8
            wordIndex += 1
        }
        position = wordIndex * 8
        while index < buffer.count {
            buffer[index] = byte(at: position)
            index += 1
            position += 1
        }
    }

    /// The index in `buffer` of the first byte that differs from the stream's byte at `offset` + index; nil if all
    /// bytes are equal.
    package func firstDifference(in buffer: UnsafeRawBufferPointer, from offset: UInt64) -> Int? {
        var index = 0
        while index < buffer.count, (offset + UInt64(index)) % 8 != 0 {
            if buffer[index] != byte(at: offset + UInt64(index)) { return index }
            index += 1
        }
        var wordIndex = (offset + UInt64(index)) / 8
        while buffer.count - index >= 8 {
            if UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)) != word(wordIndex) {
                break
            }
            index += 8
            wordIndex += 1
        }
        while index < buffer.count {
            if buffer[index] != byte(at: offset + UInt64(index)) { return index }
            index += 1
        }
        return nil
    }

    private func byte(at offset: UInt64) -> UInt8 {
        UInt8(truncatingIfNeeded: word(offset / 8) >> (offset % 8 * 8))
    }
}
