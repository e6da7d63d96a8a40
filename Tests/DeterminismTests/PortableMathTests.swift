// SPDX-License-Identifier: Apache-2.0
import Determinism
import Testing

@Suite struct PortableMathTests {
    /// The digits come from tables, not from a mathematics library.
    @Test(arguments: [
        (0.0, 1.0), (1.0, 2.718_281_828_459_045), (-1.0, 0.367_879_441_171_442_33), (0.5, 1.648_721_270_700_128_2),
        (10.0, 22_026.465_794_806_718), (-20.0, 2.061_153_622_438_558e-9),
    ])
    func `The exponential agrees with tables to 1e-14, and the logarithm is its inverse`(x: Double, power: Double) {
        #expect(abs(PortableMath.exp(x) / power - 1) < 1e-14)
        #expect(abs(PortableMath.log(power) - x) < 1e-14 * max(1, abs(x)))
    }

    @Test func `The decimal logarithm of powers of ten is their exponent`() {
        for (value, exponent) in [(1.0, 0.0), (10, 1), (1000, 3), (0.01, -2)] {
            #expect(abs(PortableMath.log10(value) - exponent) < 1e-14)
        }
    }
}
