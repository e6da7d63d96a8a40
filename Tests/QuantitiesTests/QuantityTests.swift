// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Testing

@Suite("Quantities as text")
struct QuantityTests {
    @Test("Rates, sizes and times are read with their units")
    func read() {
        #expect(DataRate(text: "0.5Mbit") == .megabitsPerSecond(0.5))
        #expect(DataRate(text: "8 kbit/s") == DataRate(bitsPerSecond: 8000))
        #expect(ByteCount(text: "6MB") == ByteCount(6_000_000))
        #expect(Duration(text: "37.5ms") == .microseconds(37_500))
        #expect(Duration(text: "2min") == .seconds(120))
    }

    @Test(
        "Text without a unit or a number, or with a sign, is refused",
        arguments: ["", "5", "MB", "-3MB", "+3MB", "1e400MB", "nanMB", "3 mb"])
    func refused(text: String) {
        #expect(ByteCount(text: text) == nil)
    }
}
