// SPDX-License-Identifier: Apache-2.0
/// Bits transferred per joule. Decimal prefixes.
public struct EnergyEfficiency: Hashable, Comparable, Sendable {
    public let bitsPerJoule: Double

    public init(bitsPerJoule: Double) {
        self.bitsPerJoule = bitsPerJoule
    }

    /// nil if no energy was spent.
    public init?(of size: ByteCount, for energy: EnergyAmount) {
        guard energy > .zero else { return nil }
        bitsPerJoule = Double(size.bytes) * 8 / energy.joules
    }

    /// nil if no power is drawn.
    public init?(of rate: DataRate, at power: Power) {
        guard power > .zero else { return nil }
        bitsPerJoule = rate.bitsPerSecond / power.watts
    }

    public static func megabitsPerJoule(_ value: Double) -> EnergyEfficiency {
        EnergyEfficiency(bitsPerJoule: value * 1e6)
    }

    public var megabitsPerJoule: Double { bitsPerJoule / 1e6 }

    public static func < (left: EnergyEfficiency, right: EnergyEfficiency) -> Bool {
        left.bitsPerJoule < right.bitsPerJoule
    }
}
