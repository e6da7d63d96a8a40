// SPDX-License-Identifier: Apache-2.0
/// Bits transferred per joule. Decimal prefixes.
public struct EnergyEfficiency: Hashable, Comparable, Sendable {
    /// The efficiency in bit/J.
    public let bitsPerJoule: Double

    /// Creates an efficiency from bit/J.
    public init(bitsPerJoule: Double) {
        self.bitsPerJoule = bitsPerJoule
    }

    /// The efficiency of transferring `size` for `energy`; nil if no energy was spent.
    public init?(of size: ByteCount, for energy: EnergyAmount) {
        guard energy > .zero else { return nil }
        bitsPerJoule = Double(size.bytes) * 8 / energy.joules
    }

    /// The efficiency of transferring at `rate` while drawing `power`; nil if no power is drawn.
    public init?(of rate: DataRate, at power: Power) {
        guard power > .zero else { return nil }
        bitsPerJoule = rate.bitsPerSecond / power.watts
    }

    /// Creates an efficiency from Mb/J, which are 10^6 bit/J.
    public static func megabitsPerJoule(_ value: Double) -> EnergyEfficiency {
        EnergyEfficiency(bitsPerJoule: value * 1e6)
    }

    /// The efficiency in Mb/J.
    public var megabitsPerJoule: Double { bitsPerJoule / 1e6 }

    public static func < (left: EnergyEfficiency, right: EnergyEfficiency) -> Bool {
        left.bitsPerJoule < right.bitsPerJoule
    }
}
