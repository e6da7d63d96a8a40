/// An amount of energy, in joules. (`Energy` is the name of a module.)
package struct EnergyAmount: Hashable, Comparable, Sendable, AdditiveArithmetic {
    package let joules: Double

    package init(joules: Double) {
        self.joules = joules
    }

    package static let zero = EnergyAmount(joules: 0)

    package static func < (left: EnergyAmount, right: EnergyAmount) -> Bool { left.joules < right.joules }

    package static func + (left: EnergyAmount, right: EnergyAmount) -> EnergyAmount {
        EnergyAmount(joules: left.joules + right.joules)
    }

    package static func - (left: EnergyAmount, right: EnergyAmount) -> EnergyAmount {
        EnergyAmount(joules: left.joules - right.joules)
    }

    /// For how long it lasts at `power`, to the nanosecond; nil where that is no span of time, as at no power.
    package func duration(at power: Power) -> Duration? {
        Duration(exactlySeconds: joules / power.watts)
    }
}
