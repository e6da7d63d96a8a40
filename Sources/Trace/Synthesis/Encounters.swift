// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The times at which WiFi is associated: lognormal associations alternate with exponential gaps, so that the
/// associations cover the share of time that they should.
enum Encounters {
    /// - Returns: the associations that touch the time from zero to the end, in order and in steps; the first may have
    ///   begun before. One that is shorter than half a step is none.
    ///
    /// Associations and gaps each have their own stream of random numbers, so that changing the coverage does not
    /// change the lengths of the associations. The process starts twenty mean cycles before zero, so that its initial
    /// state no longer matters at zero.
    static func steps(_ parameters: OutdoorParameters, step: Duration) -> [Range<Int>] {
        let coverage = parameters.coverage
        guard coverage > 0 else { return [] }
        let mean = parameters[.associationMean]
        let sigma = parameters[.associationSigma]
        let meanGap = mean * (1 - coverage) / coverage
        let median = mean * PortableMath.exp(-sigma * sigma / 2)
        var lengths = SplitMix64(seed: parameters.seed, purpose: "outdoor associations")
        var gaps = SplitMix64(seed: parameters.seed, purpose: "outdoor gaps")
        let end = parameters.duration.seconds
        var time = -20 * (mean + meanGap)
        var encounters: [Range<Int>] = []
        while time < end {
            let start = (time / step.seconds).rounded()
            time += median * PortableMath.exp(sigma * lengths.nextNormal())
            let stop = (min(time, end) / step.seconds).rounded()
            if stop > start, stop > 0, start < end / step.seconds { encounters.append(Int(start)..<Int(stop)) }
            time += meanGap * gaps.nextExponential()
        }
        return encounters
    }
}

extension SplitMix64 {
    /// An exponential variate of mean 1.
    mutating func nextExponential() -> Double {
        // nextUnit() is below 1, so the argument is above 0.
        -PortableMath.log(1 - nextUnit())
    }
}
