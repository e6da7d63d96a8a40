// SPDX-License-Identifier: Apache-2.0
/// A small generator of pseudo-random numbers that is the same on every machine and in every version of Swift (Steele,
/// Lea, Flood: *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014). Use it for draws that enter results,
/// because the standard library's `random(in:)` does not promise its sequence.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// Gives each purpose a stream of its own, so that one more draw for one purpose does not shift the draws for
    /// another.
    package init(seed: UInt64, purpose: String) {
        // FNV-1a, 64 bits, over the purpose; the seed is mixed first, so that neighbouring seeds are far apart.
        var mixer = SplitMix64(seed: seed)
        var hash = mixer.next() ^ 0xcbf2_9ce4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = hash
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A whole number from 0 to `bound` - 1; 0 if `bound` is 0. The bias of the multiplication is below bound / 2^64.
    package mutating func next(below bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }

    /// From 0 up to but not including 1, in steps of 2^-53.
    package mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A normal draw with mean 0 and variance 1: the sum of twelve uniform draws less 6. It uses additions only, so
    /// that no mathematics library can make machines differ. The tails end at 6; beyond 3 they are thinner than the
    /// Gaussian's.
    package mutating func nextNormal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += nextUnit() }
        return sum
    }
}
