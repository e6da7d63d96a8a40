/// How every number that leaves Walkback is written: at most six significant digits, no exponent, no locale.
extension Double {
    /// The value rounded to `digits` significant decimal digits (half away from zero on the decimal scale). No default: with
    /// one, every plain `rounded()` in a file that imports Units would mean this.
    package func rounded(toSignificantDigits digits: Int) -> Double {
        guard isFinite, self != 0 else { return self }
        let exponent = Int(_exponentOfTen) - digits + 1
        // Scaling by a positive power of ten is exact up to 10^22, so divide or multiply by one, never by a fraction.
        if exponent >= 0 {
            let scale = Self.powerOfTen(exponent)
            return (self / scale).rounded() * scale
        }
        let scale = Self.powerOfTen(-exponent)
        return (self * scale).rounded() / scale
    }

    /// Six significant digits, without exponent or trailing zeros: `622`, `0.0123457`, `-3.5`. "-" where not finite.
    package func text(significantDigits digits: Int = 6) -> String {
        let value = rounded(toSignificantDigits: digits)
        guard value.isFinite else { return "-" }
        if value == value.rounded(), abs(value) < 9e15 { return String(Int64(value)) }
        let description = "\(value)"
        return description.contains("e") ? Self.withoutExponent(description) : description
    }

    /// Exactly `decimals` digits after the point, for columns of a table.
    package func text(decimals: Int) -> String {
        guard isFinite, abs(self) < 9e12 else { return "-" }
        let scaled = Int64((abs(self) * Self.powerOfTen(decimals)).rounded())
        let divisor = Int64(Self.powerOfTen(decimals))
        let sign = self < 0 && scaled != 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % divisor)
        return "\(sign)\(scaled / divisor).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    private var _exponentOfTen: Int {
        var power = 0
        var value = abs(self)
        while value >= 10 {
            value /= 10
            power += 1
        }
        while value < 1 {
            value *= 10
            power -= 1
        }
        return power
    }

    private static func powerOfTen(_ power: Int) -> Double {
        (0..<power).reduce(1.0) { product, _ in product * 10 }
    }

    /// "1.5e-05" as "0.000015".
    private static func withoutExponent(_ description: String) -> String {
        let parts = description.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]), exponent < 0 else { return description }
        let negative = parts[0].hasPrefix("-")
        var digits = parts[0].filter(\.isNumber)
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (negative ? "-" : "") + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
}
