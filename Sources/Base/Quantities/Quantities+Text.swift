// SPDX-License-Identifier: Apache-2.0
import Determinism

/// Quantities as people write them on a command line or in a replay: a number and a unit, as in `20ms`, `6MB`,
/// `0.5Mbit`. All prefixes are decimal. Initialisers return nil for anything else, so that the caller can name file and
/// line.
extension DataRate {
    /// Reads a rate such as `2Mbit`, `2 Mb/s` or `0.5Mbit/s`; nil if the unit is missing or the number is negative.
    public init?(text: String) {
        let units: [(String, Double)] = [
            ("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3), ("bit/s", 1),
            ("Gb/s", 1e9), ("Mb/s", 1e6), ("kb/s", 1e3), ("b/s", 1),
            ("Gbit", 1e9), ("Mbit", 1e6), ("kbit", 1e3), ("bit", 1),
        ]
        guard let value = Quantity.parse(text, units: units), value >= 0 else { return nil }
        self.init(bitsPerSecond: value)
    }
}

extension ByteCount {
    /// Reads a size such as `300kB`, rounded to whole bytes; nil if the unit is missing or the number is negative.
    public init?(text: String) {
        let units: [(String, Double)] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1)]
        guard let value = Quantity.parse(text, units: units), value >= 0, value < 9e18 else { return nil }
        self.init(Int64(value.rounded()))
    }
}

/// Spans of time as people write them: a number and `ns`, `us`, `ms`, `s`, `min` or `h`.
extension Duration {
    /// Reads a span such as `20ms`, `1.5s` or `2min`, to the nanosecond; nil if the unit is missing or the number is
    /// negative.
    public init?(text: String) {
        let units: [(String, Double)] = [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("min", 60), ("h", 3600), ("s", 1)]
        guard let value = Quantity.parse(text, units: units), value >= 0 else { return nil }
        self.init(exactlySeconds: value)
    }
}

enum Quantity {
    /// Finds the first of `units` that ends `text`, and returns the number before it times that unit.
    static func parse(_ text: String, units: [(name: String, factor: Double)]) -> Double? {
        for unit in units where text.hasSuffix(unit.name) {
            let number = text.dropLast(unit.name.count)
            let digits = number.last == " " ? number.dropLast() : number
            guard let value = Double(digits), (value * unit.factor).isFinite, digits.first != "+" else { return nil }
            return value * unit.factor
        }
        return nil
    }
}
