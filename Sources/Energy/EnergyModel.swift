import Traces
import Units

/// What a phone's radios take, under one published set of parameters.
package struct EnergyModel: Sendable, Equatable {
    package let name: String

    /// Every model by name, the default first.
    package static let all = [EnergyModel(name: "hybrid"), EnergyModel(name: "rate-linear"), EnergyModel(name: "constant")]
}
