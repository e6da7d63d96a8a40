// SPDX-License-Identifier: Apache-2.0
import Quantities
import System
import Testing

@testable import Determinism
@testable import TraceFormats

@Suite struct PerSecondFormatTests {
    func file(_ text: String) throws -> [DataRate] {
        try PerSecondFormat.goodput(InputFile(path: "wifi.csv", bytes: Array(text.utf8)))
    }

    @Test(arguments: ["1,1000\n2,0\n3,2500000\n", "1,1000\r\n2,0\r\n3,2500000", "1.0,1e3\n2,0\n3.0,2500000.0"])
    func `Seconds end at their labels, whatever the line ends`(text: String) throws {
        #expect(try file(text).map(\.bitsPerSecond) == [8000, 0, 20_000_000])
    }

    @Test(arguments: [
        ("", ": is empty; write lines of the form SECOND,BYTES_PER_SECOND"),
        ("1\n", ":1:1: has 1 columns instead of 2"),
        ("1,2,3\n", ":1:1: has more than 2 columns"),
        ("second,bytes\n1,2\n", ":1:1: 'second' is not a whole second; write lines of the form"),
        ("1,5\n1.5,5\n", ":2:1: '1.5' is not a whole second"),
        ("0,5\n", ":1:1: the first line is for second 0; number the seconds from 1"),
        ("7,5\n", ":1:1: the first line is for second 7"),
        ("1,5\n2,5\n4,5\n", ":3:1: second 3 is missing; write 0"),
        ("1,5\n2,5\n9,5\n", ":3:1: seconds 3 to 8 are missing; write 0"),
        ("1,5\n1,5\n", ":2:1: second 1 is given twice"),
        ("1,5\n2,5\n1,5\n", ":3:1: time goes backwards, from second 2 to 1"),
        ("1,-5\n", ":1:3: '-5' is negative; write bytes per second"),
        ("1,nan\n", ":1:3: 'nan' is not a finite number"),
        ("1,125000000001\n", ":1:3: '125000000001' is too high"),
        ("1,1e40\n", ":1:3: '1e40' is too high"),
        ("1,\n", ":1:3: '' is not a number"),
    ])
    func `What is wrong is named with its place`(text: String, message: String) {
        let found = badInput { try file(text) }
        #expect(found.hasPrefix("wifi.csv\(message)"), "\(found)")
    }
}
