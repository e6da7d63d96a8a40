// SPDX-License-Identifier: Apache-2.0
/// Exponential and logarithm from additions, multiplications and divisions alone, which IEEE 754 fixes to the last bit.
/// The C library's functions differ by a unit in the last place between versions, and a generator's files must not.
package enum PortableMath {
    private static let ln2 = 0.693_147_180_559_945_3

    /// e^x for |x| below 700, to about 1e-15.
    package static func exp(_ x: Double) -> Double {
        // e^x = 2^n e^r with |r| at most ln2 / 2, where 15 terms of the series suffice.
        let n = (x / ln2).rounded()
        let r = x - n * ln2
        var sum = 1.0
        for term in stride(from: 15.0, through: 1.0, by: -1.0) { sum = 1 + r / term * sum }
        return sum * Double(sign: .plus, exponent: Int(n), significand: 1)
    }

    /// The natural logarithm of x > 0, to about 1e-15.
    package static func log(_ x: Double) -> Double {
        // x = 2^n m with m in 1..<2; ln m = 2 artanh((m - 1) / (m + 1)), whose argument is at most 1/3.
        let z = (x.significand - 1) / (x.significand + 1)
        var sum = 0.0
        for term in stride(from: 41.0, through: 1.0, by: -2.0) { sum = sum * z * z + 1 / term }
        return Double(x.exponent) * ln2 + 2 * z * sum
    }

    package static func log10(_ x: Double) -> Double {
        log(x) / 2.302_585_092_994_046
    }
}
