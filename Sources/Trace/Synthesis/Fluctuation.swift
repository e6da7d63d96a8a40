// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A first-order autoregressive process of mean 0 and variance 1 that forgets with a time constant: what a walker meets
/// varies, but not from one step to the next.
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

    /// The value one step on.
    mutating func next() -> Double {
        value = memory * value + innovation * generator.nextNormal()
        return value
    }
}

/// Factors of mean 1.
struct Lognormal {
    private let variance: Double
    private let deviation: Double

    init(coefficientOfVariation: Double) {
        variance = PortableMath.log(1 + coefficientOfVariation * coefficientOfVariation)
        deviation = variance.squareRoot()
    }

    /// For a normal `value`.
    func factor(_ value: Double) -> Double { PortableMath.exp(deviation * value - variance / 2) }
}
