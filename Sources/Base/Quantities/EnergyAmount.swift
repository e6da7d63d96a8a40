// SPDX-License-Identifier: Apache-2.0
/// An amount of energy, in joules. (`Energy` is the name of a module.)
public struct EnergyAmount: Hashable, Comparable, Sendable, AdditiveArithmetic {
    /// The amount in J.
    public let joules: Double

    /// Creates an amount from J.
    public init(joules: Double) {
        self.joules = joules
    }

    public static let zero = EnergyAmount(joules: 0)

    public static func < (left: EnergyAmount, right: EnergyAmount) -> Bool { left.joules < right.joules }

    public static func + (left: EnergyAmount, right: EnergyAmount) -> EnergyAmount {
        EnergyAmount(joules: left.joules + right.joules)
    }

    public static func - (left: EnergyAmount, right: EnergyAmount) -> EnergyAmount {
        EnergyAmount(joules: left.joules - right.joules)
    }

    /// How long this energy lasts at `power`, to the nanosecond; nil if that is not a span of time, as when `power` is
    /// zero.
    public func duration(at power: Power) -> Duration? {
        Duration(exactlySeconds: joules / power.watts)
    }
}
