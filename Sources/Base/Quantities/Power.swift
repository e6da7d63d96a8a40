// SPDX-License-Identifier: Apache-2.0
/// A power, in watts.
public struct Power: Hashable, Comparable, Sendable, AdditiveArithmetic {
    /// The power in W.
    public let watts: Double

    /// Creates a power from W.
    public init(watts: Double) {
        self.watts = watts
    }

    public static let zero = Power(watts: 0)

    public static func < (left: Power, right: Power) -> Bool { left.watts < right.watts }
    public static func + (left: Power, right: Power) -> Power { Power(watts: left.watts + right.watts) }
    public static func - (left: Power, right: Power) -> Power { Power(watts: left.watts - right.watts) }
    /// The power times a number without unit.
    public static func * (power: Power, factor: Double) -> Power { Power(watts: power.watts * factor) }

    /// The energy that this power takes in `span`.
    public static func * (power: Power, span: Duration) -> EnergyAmount {
        EnergyAmount(joules: power.watts * span.seconds)
    }
}
