// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A first-order autoregressive process of mean 0 and variance 1 with a given time constant: conditions vary along a
/// walk, but not from one step to the next.
struct Fluctuation {
    private var value: Double
    private let memory: Double
    private let innovation: Double
    private var generator: SplitMix64

    init(timeConstant: Duration, step: Duration, generator: SplitMix64) {
        self.generator = generator
        memory = PortableMath.exp(-step.seconds / timeConstant.seconds)
        innovation = (1 - memory * memory).squareRoot()
        value = self.generator.nextNormal()
    }

    /// Advances one step and returns the new value.
    mutating func next() -> Double {
        value = memory * value + innovation * generator.nextNormal()
        return value
    }
}

/// Lognormal factors of mean 1.
struct Lognormal {
    private let variance: Double
    private let deviation: Double

    init(coefficientOfVariation: Double) {
        variance = PortableMath.log(1 + coefficientOfVariation * coefficientOfVariation)
        deviation = variance.squareRoot()
    }

    /// The factor for a standard normal `value`.
    func factor(_ value: Double) -> Double { PortableMath.exp(deviation * value - variance / 2) }
}
