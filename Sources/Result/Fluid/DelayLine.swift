// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The bytes that had left a queue by the end of each of the last steps.
struct DelayLine {
    /// The number of steps that are remembered, minus one: ten seconds.
    private static let mask = 1023
    private var values = [Double](repeating: 0, count: mask + 1)

    static func steps(_ seconds: Double, atLeast least: Int) -> Int {
        max(least, min(mask, Int((seconds / FluidLink.step).rounded())))
    }

    @inline(__always)
    mutating func record(_ value: Double, _ step: Int) { values[step & Self.mask] = value }

    @inline(__always)
    func value(_ step: Int) -> Double { values[step & Self.mask] }

    mutating func fill(_ value: Double) {
        for index in values.indices { values[index] = value }
    }
}
