// SPDX-License-Identifier: Apache-2.0
import Determinism
import Statistics
import Testing

@testable import Paper

struct `A finding` {
    @Test func `agrees only where the whole interval does`() {
        #expect(Finding.verdict(Sample([1.10, 1.12, 1.11])) == .agrees)
        #expect(Finding.verdict(Sample([0.90, 0.92, 0.91])) == .disagrees)
        #expect(Finding.verdict(Sample([0.90, 1.30, 1.00])) == .open)
        #expect(Finding.verdict(Sample([0.90, 0.92, 0.91]), isAbove: false) == .agrees)
    }

    @Test func `of one walk is none`() {
        #expect(Finding.verdict(Sample([1.5])) == .open)
        #expect(Finding.text(Sample([1.5])) == "1.500 (1 walk)")
        #expect(Finding.text(Sample([])) == "not measured")
    }

    @Test func `says how many walks it rests on`() {
        #expect(Finding.text(Sample([1.0, 1.2]), decimals: 2) == "1.10 (0.00 to 2.37, 2 walks)")
    }
}
