// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// The 3G of a walk or a drive outdoors, which is available everywhere. Its rate varies as on the indoor walk: slow
/// changes with jitter on top.
enum OutdoorCellular {
    /// - Returns: what 3G gives at each step.
    static func receptions(_ parameters: OutdoorParameters, step: Duration, steps: Int) -> [OutdoorWiFi.Reception] {
        let variation = parameters[.cellularVariation]
        var slow = Fluctuation(
            timeConstant: .nanoseconds(Int64((parameters[.cellularTimeConstant] * 1e9).rounded())), step: step,
            generator: SplitMix64(seed: parameters.seed, purpose: "outdoor cellular variation"))
        var fast = Fluctuation(
            timeConstant: .milliseconds(500), step: step,
            generator: SplitMix64(seed: parameters.seed, purpose: "outdoor cellular jitter"))
        let spread = Lognormal(coefficientOfVariation: variation)
        let jitter = Lognormal(coefficientOfVariation: parameters[.cellularJitter])
        let (mean, cap) = (parameters[.cellularMean], parameters[.cellularCap])
        return (0..<steps).map { _ in
            let fold = slow.next()
            let factor = spread.factor(fold) * jitter.factor(fast.next())
            let megabits = min(cap, mean * factor)
            // The slow change is a change of signal: 8 dB for each factor of e in rate.
            return OutdoorWiFi.Reception(
                down: megabits, up: megabits / 3, signal: (-90 + 8 * variation * fold).rounded())
        }
    }
}
