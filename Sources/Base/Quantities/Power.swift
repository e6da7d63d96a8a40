/// A power, in watts.
package struct Power: Hashable, Comparable, Sendable, AdditiveArithmetic {
    package let watts: Double

    package init(watts: Double) {
        self.watts = watts
    }

    package static let zero = Power(watts: 0)

    package static func < (left: Power, right: Power) -> Bool { left.watts < right.watts }
    package static func + (left: Power, right: Power) -> Power { Power(watts: left.watts + right.watts) }
    package static func - (left: Power, right: Power) -> Power { Power(watts: left.watts - right.watts) }
    package static func * (power: Power, factor: Double) -> Power { Power(watts: power.watts * factor) }

    package static func * (power: Power, span: Duration) -> EnergyAmount {
        EnergyAmount(joules: power.watts * span.seconds)
    }
}
