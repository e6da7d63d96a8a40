// SPDX-License-Identifier: Apache-2.0
import Testing
import Verification

@Suite("The longest gap")
struct LongestGapTests {
    @Test(
        "The longest gap counts the wait for the first byte and after the last",
        arguments: [
            ([1, 1, 1], 0), ([0, 0, 1, 0], 20), ([1, 0, 0, 0, 1, 0], 30), ([1, 0, 1, 0, 0], 20), ([], 0), ([0, 0], 20),
        ] as [([UInt32], Int)])
    func gap(delivered: [UInt32], milliseconds: Int) {
        #expect(LongestGap.of(delivered: delivered) == .milliseconds(milliseconds))
    }

    @Test("After the last byte of a finished transfer nobody waits")
    func finished() {
        #expect(LongestGap.of(delivered: [0, 1, 0, 0, 0], until: .milliseconds(20)) == .milliseconds(10))
    }
}
