// SPDX-License-Identifier: Apache-2.0
/// Student's t distribution, computed by finite sums (Abramowitz and Stegun 26.7.3 and 26.7.4).
///
/// It uses only +, -, x, / and square roots, which IEEE 754 fixes to the last bit: the C library's exp, log and atan
/// differ between processors, and reports must not.
package struct StudentT: Sendable, Equatable {
    package let degreesOfFreedom: Int

    /// nil for fewer than one degree of freedom.
    package init?(degreesOfFreedom: Int) {
        guard degreesOfFreedom >= 1 else { return nil }
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability of falling between -t and t, for `t` at zero or above.
    package func probability(within t: Double) -> Double {
        let freedom = Double(degreesOfFreedom)
        // theta = atan(t / sqrt(freedom)), and its sine and cosine without any trigonometry.
        let hypotenuse = (freedom + t * t).squareRoot()
        let sine = t / hypotenuse
        let cosine = freedom.squareRoot() / hypotenuse
        let odd = degreesOfFreedom % 2 == 1
        if odd, degreesOfFreedom == 1 { return 2 / Double.pi * Self.arctangent(t / freedom.squareRoot()) }
        // 1 + (2/3) cos^2 + (2x4)/(3x5) cos^4 + ...  or  1 + (1/2) cos^2 + (1x3)/(2x4) cos^4 + ...
        var term = odd ? cosine : 1
        var sum = term
        var place = odd ? 3 : 2
        while place <= degreesOfFreedom - 2 {
            term *= cosine * cosine * Double(place - 1) / Double(place)
            sum += term
            place += 2
        }
        guard odd else { return sine * sum }
        return 2 / Double.pi * (Self.arctangent(t / freedom.squareRoot()) + sine * sum)
    }

    /// The t for which `confidence` of the distribution lies between -t and t; nil unless `confidence` is above 0 and
    /// below 1.
    package func critical(confidence: Double) -> Double? {
        guard confidence > 0, confidence < 1 else { return nil }
        var low = 0.0
        var high = 1.0
        while probability(within: high) < confidence {
            high *= 2
            guard high < 1e12 else { return nil }
        }
        // An interval of doubles can be halved at most about a thousand times; after 200 halvings nothing is left
        // between the ends.
        for _ in 0..<200 {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if probability(within: middle) < confidence { low = middle } else { high = middle }
        }
        return high
    }

    /// atan of `x` at zero or above: the angle is halved until the series needs only a few terms.
    private static func arctangent(_ x: Double) -> Double {
        guard x.isFinite else { return .pi / 2 }
        var argument = x
        var factor = 1.0
        while argument > 0.05 {
            argument = argument / (1 + (1 + argument * argument).squareRoot())
            factor *= 2
        }
        var power = argument
        var sum = 0.0
        var sign = 1.0
        for place in stride(from: 1, through: 17, by: 2) {
            sum += sign * power / Double(place)
            power *= argument * argument
            sign = -sign
        }
        return factor * sum
    }
}
