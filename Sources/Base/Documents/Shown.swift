// SPDX-License-Identifier: Apache-2.0

/// Texts from files, as they may be shown: what would act on a terminal or hide what is written becomes visible.
package enum Shown {
    /// A text of several lines for a terminal. Line breaks and tabs stay.
    package static func lines(_ text: String) -> String {
        escaped(text) { $0 == "\n" || $0 == "\t" }
    }

    /// A text that must stay on its line, as a message or a cell of a table.
    package static func line(_ text: String) -> String {
        escaped(text) { _ in false }
    }

    private static func escaped(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        // Nearly all texts have nothing to escape.
        guard text.unicodeScalars.contains(where: { isActive($0) && !isKept($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if isActive(scalar), !isKept(scalar) {
                escaped += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether a character moves the cursor, changes the terminal, or changes how others are shown:
    /// the control characters, and the format characters for directions, lines, joiners, marks and tags.
    package static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x20..<0x7f, 0xa0..<0x61c: false
        case 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb: true
        case 0xe0000...0xe007f: true
        default: false
        }
    }
}
