// SPDX-License-Identifier: Apache-2.0
import Determinism

/// Elements and texts of HTML, SVG or XML, one after another; `MarkupBuilder` builds it. What has no elements, Markdown
/// and addresses, has functions that escape.
package struct Markup: Sendable {
    enum Node: Sendable {
        case element(Element)
        /// Plain text, which is escaped when it is written.
        case text(String)
    }

    let nodes: [Node]

    init(nodes: [Node]) {
        self.nodes = nodes
    }

    /// Nothing.
    package init() {
        self.init(nodes: [])
    }

    /// Appends text that is safe between tags and within quoted attributes. Control characters, which XML forbids,
    /// become blanks. Only `MarkupWriter` needs it: what uses `Element` cannot forget to escape.
    static func escape(_ text: String, into escaped: inout String) {
        // Most texts, and above all the long curves of figures, have nothing to escape.
        guard text.utf8.contains(where: mayNeedEscape) else {
            escaped += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        // U+FFFE and U+FFFF begin with the last of these bytes, like much that is harmless.
        case 0..<0x20, 0xEF: true
        default: false
        }
    }

    /// A file's name as part of a relative address (RFC 3986): every byte that is not an unreserved character is
    /// percent-encoded.
    package static func address(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }

    /// Escapes what Markdown or HTML would read as markup, because names come from files.
    package static func markdown(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "<": escaped += "&lt;"
            case "&": escaped += "&amp;"
            case "|", "*", "_", "`", "[", "]", "\\", "~", "$": escaped += "\\\(character)"
            // Where comments are shown, this would call somebody; an empty comment keeps the name from the mark.
            case "@": escaped += "@<!-- -->"
            case "\n", "\r", "\r\n": escaped += " "
            default: escaped.append(character)
            }
        }
        // Addresses become links without any mark around them.
        return Shown.line(escaped).replacing("://", with: ":&#47;&#47;").replacing("www.", with: "www&#46;")
    }

    /// A block of code in Markdown, fenced by more backticks than are in it.
    package static func markdownCode(_ text: String) -> String {
        let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\n\(Shown.line(text))\n\(fence)\n"
    }
}
