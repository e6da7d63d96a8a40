// SPDX-License-Identifier: Apache-2.0
/// How every number that leaves Walkback is written: at most six significant digits, no exponent, no locale.
///
/// Rounding works on the decimal digits of the number as Swift prints it (the shortest that read back as the same
/// number), half away from zero. So 1.005 to two decimals is 1.01, as readers expect, on every machine.
extension Double {
    /// The value rounded to `digits` significant decimal digits.
    ///
    /// `digits` has no default: with one, every plain `rounded()` would call this function wherever this module is
    /// imported.
    package func rounded(toSignificantDigits digits: Int) -> Double {
        if let quick = quicklyRounded(toSignificantDigits: digits) { return quick }
        guard var decimal = Decimal(self) else { return self }
        decimal.round(toDigits: digits)
        return Double(decimal.text(decimals: nil)) ?? self
    }

    /// A fast path that gives the same result without taking the number apart into digits. It handles numbers of usual
    /// size that are not close to the midpoint between two results, and returns nil for all others. Whole numbers and
    /// powers of ten up to 10^15 are exact in a Double, so their quotient is the Double nearest to the true value.
    private func quicklyRounded(toSignificantDigits digits: Int) -> Double? {
        let size = magnitude
        if size == 0 { return 0 }
        guard (1...9).contains(digits), size >= 1e-4, size < 1e9 else { return nil }
        let target = Self.powersOfTen[digits - 1]
        var shift = 0
        while size * Self.powersOfTen[shift] < target { shift += 1 }
        // A number with more whole digits than are wanted is left to the slow path.
        guard shift > 0 || size < target * 10 else { return nil }
        let scaled = self * Self.powersOfTen[shift]
        let whole = scaled.rounded()
        guard abs(abs(scaled - whole) - 0.5) > 1e-4 else { return nil }
        return whole / Self.powersOfTen[shift]
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
    ]

    /// At most `digits` significant digits, without exponent or trailing zeros: `622`, `0.0123457`, `-3.5`. "-" if the
    /// number is not finite.
    package func text(significantDigits digits: Int = 6) -> String {
        guard var decimal = Decimal(self) else { return "-" }
        decimal.round(toDigits: digits)
        return decimal.text(decimals: nil)
    }

    /// Exactly `decimals` digits after the point, for columns of a table. "-" if the number is not finite.
    package func text(decimals: Int) -> String {
        guard var decimal = Decimal(self) else { return "-" }
        decimal.round(toDigits: decimal.point + max(0, decimals))
        return decimal.text(decimals: max(0, decimals))
    }
}

/// A finite number as decimal digits: 0.`digits` x 10^`point`. Zero has no digits.
private struct Decimal {
    var negative: Bool
    /// Each digit is 0 to 9; the first and the last are not 0.
    var digits: [UInt8]
    var point: Int

    /// nil if `value` is not finite.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        negative = value < 0
        digits = []
        point = 0
        var exponent = 0
        let parts = abs(value).description.split(separator: "e")
        if parts.count == 2 { exponent = Int(parts[1]) ?? 0 }
        var whole = true
        for character in (parts.first ?? "").utf8 {
            if character == UInt8(ascii: ".") {
                whole = false
            } else {
                // A leading zero is not stored as a digit, but after the point it shifts the digits that follow.
                if digits.isEmpty, character == UInt8(ascii: "0") {
                    if !whole { point -= 1 }
                    continue
                }
                digits.append(character - UInt8(ascii: "0"))
                if whole { point += 1 }
            }
        }
        point += exponent
        trim()
    }

    /// - Parameter count: digits to keep; zero or negative if the number is too small to keep any.
    mutating func round(toDigits count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let up = digits[count] >= 5
        digits.removeSubrange(count...)
        if up {
            var index = count - 1
            while index >= 0, digits[index] == 9 {
                digits[index] = 0
                index -= 1
            }
            if index >= 0 {
                digits[index] += 1
            } else {
                digits.insert(1, at: 0)
                point += 1
            }
        }
        trim()
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    /// - Parameter decimals: digits after the point; nil writes as many as there are.
    func text(decimals: Int?) -> String {
        guard !digits.isEmpty else { return zeros(decimals ?? 0, after: "0") }
        func digit(_ place: Int) -> Character {
            digits.indices.contains(place) ? Character(Unicode.Scalar(digits[place] + UInt8(ascii: "0"))) : "0"
        }
        var text = negative ? "-" : ""
        if point <= 0 { text += "0" }
        for place in 0..<max(0, point) { text.append(digit(place)) }
        let fraction = decimals ?? max(0, digits.count - point)
        if fraction > 0 {
            text += "."
            for place in point..<(point + fraction) { text.append(digit(place)) }
        }
        return text
    }

    private func zeros(_ count: Int, after text: String) -> String {
        count > 0 ? text + "." + String(repeating: "0", count: count) : text
    }
}
