// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    @Test(
        "Six significant digits, without exponent or trailing zeros",
        arguments: [
            (0, "0"), (-0.0, "0"), (622, "622"), (0.1 + 0.2, "0.3"), (-3.5, "-3.5"), (0.01234567, "0.0123457"),
            (1_234_567, "1234570"), (999_999.5, "1000000"), (0.9999995, "1"), (1e-7, "0.0000001"),
            (1.5e-5, "0.000015"), (123_456_789_012_345_680, "123457000000000000"), (2.5e20, "250000000000000000000"),
            (1e16, "10000000000000000"), (5e-300, "0." + String(repeating: "0", count: 299) + "5"), (100, "100"),
            (7.000001, "7"), (7.00001, "7.00001"), (-1e-9, "-0.000000001"),
            (.infinity, "-"), (.nan, "-"), (-.infinity, "-"),
        ] as [(Double, String)])
    func significant(value: Double, text: String) {
        #expect(value.text() == text)
    }

    @Test(
        "Half rounds away from zero on the decimal scale, where the binary number lies below the half",
        arguments: [
            (1.005, 2, "1.01"), (0.285, 2, "0.29"), (-1.005, 2, "-1.01"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.5, 0, "1"),
            (9.995, 2, "10.00"), (0.05, 1, "0.1"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (0.004, 1, "0.0"),
            (1e-30, 3, "0.000"), (12.3456, 2, "12.35"), (12, 2, "12.00"), (0, 3, "0.000"), (1234.5, 1, "1234.5"),
            (1e13, 1, "10000000000000.0"), (99.96, 1, "100.0"), (.nan, 1, "-"),
        ] as [(Double, Int, String)])
    func decimals(value: Double, decimals: Int, text: String) {
        #expect(value.text(decimals: decimals) == text)
    }

    @Test("What is written reads back as the rounded number, whatever the magnitude")
    func roundTrip() throws {
        var value = 1.234_567_89e-12
        while value < 1e18 {
            let text = value.text()
            #expect(!text.contains("e"))
            let read = try #require(Double(text))
            #expect(abs(read - value) <= value * 0.5e-5)
            #expect(read == value.rounded(toSignificantDigits: 6))
            value *= 7.3
        }
    }
}

@Suite struct RoundingTests {
    @Test func `A plain rounded() is the standard library's to the nearest whole number`() {
        #expect(12_345_678.4.rounded() == 12_345_678)
        #expect(DataRate(bitsPerSecond: 12_345_678).bytes(in: .seconds(8)) == ByteCount(12_345_678))
        #expect(Duration(exactlySeconds: 1234.567_891_234) == .nanoseconds(1_234_567_891_234))
    }
}

struct `A number rounded to significant digits` {
    @Test func `is the one that its text has`() {
        var generator = SplitMix64(seed: 1, purpose: "rounding")
        for index in 0..<20_000 {
            let digits = 1 + index % 9
            let mantissa = Double(generator.next(below: 1_000_000)) / 1000
            // Ties, numbers next to them, and numbers between them.
            let value = [
                mantissa, mantissa * 1e-4, (mantissa * 2).rounded() / 2, mantissa * 1e5, -mantissa, 1e-9 * mantissa,
            ][
                index / 9 % 6]
            #expect(value.rounded(toSignificantDigits: digits) == Double(value.text(significantDigits: digits)))
        }
    }
}
