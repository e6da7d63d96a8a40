/// What is transferred with a joule, in bits. Decimal prefixes.
package struct EnergyEfficiency: Hashable, Comparable, Sendable {
    package let bitsPerJoule: Double

    package init(bitsPerJoule: Double) {
        self.bitsPerJoule = bitsPerJoule
    }

    /// nil where nothing was spent.
    package init?(of size: ByteCount, for energy: EnergyAmount) {
        guard energy > .zero else { return nil }
        bitsPerJoule = Double(size.bytes) * 8 / energy.joules
    }

    /// nil where nothing is spent.
    package init?(of rate: DataRate, at power: Power) {
        guard power > .zero else { return nil }
        bitsPerJoule = rate.bitsPerSecond / power.watts
    }

    package static func megabitsPerJoule(_ value: Double) -> EnergyEfficiency {
        EnergyEfficiency(bitsPerJoule: value * 1e6)
    }

    package var megabitsPerJoule: Double { bitsPerJoule / 1e6 }

    package static func < (left: EnergyEfficiency, right: EnergyEfficiency) -> Bool {
        left.bitsPerJoule < right.bitsPerJoule
    }
}
