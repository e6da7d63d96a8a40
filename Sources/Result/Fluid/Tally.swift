// SPDX-License-Identifier: Apache-2.0
/// Whole bytes per bin of what comes in fractions, step by step; a step is two bins.
struct Tally {
    private(set) var bins: [UInt32]
    private var carry = 0.0

    /// - Parameter zeros: as many as there are bins; they are shared until something is counted.
    init(_ zeros: [UInt32]) {
        bins = zeros
    }

    /// What falls beyond the last bin is after the run.
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

    /// Takes back what was counted ahead.
    mutating func clear(from step: Int, steps: Int) {
        for bin in 2 * step..<max(2 * step, min(bins.count, 2 * (step + steps))) { bins[bin] = 0 }
    }
}
