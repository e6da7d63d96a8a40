// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A JSON document as Walkback writes it: keys are sorted, numbers are rounded to six significant digits, and undefined
/// values are `null`, so that equal results give equal bytes.
package enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    /// An array that is written on one line: a column of numbers.
    case line([JSON])
    case object([String: JSON])

    package static func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    package static func bytes(_ value: ByteCount?) -> JSON { value.map { .integer($0.bytes) } ?? .null }

    /// The document indented by two spaces a level, with one key or element a line and a newline at the end.
    package var text: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    /// The document on one line, without a newline at the end.
    package var oneLine: String {
        // Strings contain no raw newline, so every newline is layout.
        text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? value.text(significantDigits: 6) : "null"
        case .string(let value): Self.quote(value, to: &text)
        case .array(let elements):
            Self.block("[", "]", elements.count, to: &text, indent: indent) { index, text in
                elements[index].write(to: &text, indent: indent + 1)
            }
        case .line(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                element.write(to: &text, indent: indent)
            }
            text += "]"
        case .object(let members):
            let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            Self.block("{", "}", keys.count, to: &text, indent: indent) { index, text in
                Self.quote(keys[index], to: &text)
                text += ": "
                (members[keys[index]] ?? .null).write(to: &text, indent: indent + 1)
            }
        }
    }

    private static func block(
        _ open: String, _ close: String, _ count: Int, to text: inout String, indent: Int,
        element: (Int, inout String) -> Void
    ) {
        text += open
        for index in 0..<count {
            text += index == 0 ? "\n" : ",\n"
            text += String(repeating: "  ", count: indent + 1)
            element(index, &text)
        }
        if count > 0 { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            // A document may be shown on a terminal.
            case _ where Shown.isActive(scalar) && scalar.value < 0x10000:
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
