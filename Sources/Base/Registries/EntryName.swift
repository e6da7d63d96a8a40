// SPDX-License-Identifier: Apache-2.0
/// The rules for the name of a strategy, bound, trace format or workload. The name becomes part of file names, keys of
/// JSON and values of options, so it needs no quoting in any of them.
package enum EntryName {
    /// The largest number of characters.
    static let longest = 40
    /// The rule as the end of a sentence that begins with "a name must be".
    package static let rule = "1 to \(longest) of a-z, 0-9 and '-', the first of them a letter"

    package static func isAllowed(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return name.utf8.count <= longest && name.utf8.first.map(letters.contains) == true
            && name.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
    }
}
