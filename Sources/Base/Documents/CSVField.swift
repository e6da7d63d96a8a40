// SPDX-License-Identifier: Apache-2.0
import Determinism

/// Texts as fields of a CSV file (RFC 4180). Names come from files, and a spreadsheet would compute a field that begins
/// like a formula.
package enum CSVField {
    /// A name or a sentence. An apostrophe is put before what begins like a formula, unless it is a number; numbers are
    /// written without this function.
    package static func text(_ text: String) -> String {
        let field = isSafe(text) ? text : "'\(text)"
        return field.utf8.contains(where: { special.contains($0) }) ? quotes(field) : field
    }

    /// The same, always in quotes.
    package static func quoted(_ text: String) -> String {
        quotes(isSafe(text) ? text : "'\(text)")
    }

    /// The text that `text(_:)` has written, from a field without its quotes.
    package static func text(from field: String) -> String {
        guard field.utf8.first == UInt8(ascii: "'") else { return field }
        let rest = String(field.dropFirst())
        return isSafe(rest) ? field : rest
    }

    private static let special = Array(",\"\r\n".utf8)
    private static let starts = Array("=+-@\t\r'".utf8)

    private static func isSafe(_ text: String) -> Bool {
        guard let first = text.utf8.first, starts.contains(first) else { return true }
        // By bytes and not as a Double alone, which also reads "-inf" and "-0x1".
        return text.utf8.allSatisfy { "+-.eE0123456789".utf8.contains($0) } && Double(text) != nil
    }

    private static func quotes(_ field: String) -> String {
        "\"\(field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
