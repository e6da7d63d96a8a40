// SPDX-License-Identifier: Apache-2.0
/// Counts fractional amounts step by step as whole bytes per bin; a step is two bins.
struct Tally {
    private(set) var bins: [UInt32]
    private var carry = 0.0

    /// - Parameter zeros: one zero per bin; the array is shared until something is counted.
    init(_ zeros: [UInt32]) {
        bins = zeros
    }

    /// Anything beyond the last bin is after the run and is not counted.
    @inline(__always)
    mutating func add(_ bytes: Double, _ step: Int) {
        let bin = 2 * step
        guard bin + 1 < bins.count else { return }
        carry += bytes
        // A step never carries 4 GB.
        let whole = UInt32(truncatingIfNeeded: Int64(carry))
        carry -= Double(whole)
        bins[bin] &+= whole / 2
        bins[bin + 1] &+= whole &- whole / 2
    }

    /// Removes what was counted ahead.
    mutating func clear(from step: Int, steps: Int) {
        for bin in 2 * step..<max(2 * step, min(bins.count, 2 * (step + steps))) { bins[bin] = 0 }
    }
}
