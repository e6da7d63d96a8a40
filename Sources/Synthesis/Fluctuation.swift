import Units

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

    /// A factor of mean 1 and this coefficient of variation, lognormal, for a normal `value`.
    static func lognormal(_ value: Double, coefficientOfVariation: Double) -> Double {
        let variance = PortableMath.log(1 + coefficientOfVariation * coefficientOfVariation)
        return PortableMath.exp(variance.squareRoot() * value - variance / 2)
    }
}
