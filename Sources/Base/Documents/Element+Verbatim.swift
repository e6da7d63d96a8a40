// SPDX-License-Identifier: Apache-2.0
import Determinism

/// The only text that is not escaped: code and data of our own, whose readers do not know the entities of markup. Each
/// of them is kept from closing its element in a way that its own language has.
extension Element {
    /// - Parameter code: JavaScript. In its strings "\x3C" is "<", and elsewhere no script has an end tag or the start
    ///   of a comment of HTML, after which the parser would look for another end.
    package static func script(verbatim code: String) -> Element {
        let parts = code.utf8.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false)
        let guarded = parts.dropFirst().map { part in
            let isTag = ["/script", "!--"].contains { start in
                String(decoding: part.prefix(start.utf8.count), as: UTF8.self).lowercased() == start
            }
            return (isTag ? "\\x3C" : "<") + String(Substring(part))
        }
        return Element(.script, content: .verbatim(String(Substring(parts[0])) + guarded.joined()))
    }

    /// - Parameter css: rules, for a page or an SVG. In XML "<" and "&" would be markup here, so they become escapes of
    ///   CSS, which are the same characters in strings; elsewhere our rules have neither.
    package static func style(verbatim css: String) -> Element {
        let guarded = replacing("&", in: replacing("<", in: css, by: "\\3C "), by: "\\26 ")
        return Element(.style, content: .verbatim(guarded))
    }

    /// Data for the script of the page. A "<" in JSON is in a string, which can have it as an escape.
    package static func data(verbatim json: JSON, _ attributes: Attributes) -> Element {
        Element(.script, attributes, content: .verbatim(replacing("<", in: json.text, by: "\\u003c")))
    }

    /// The words by which a page's policy allows this script or style and no other: the hash of its text (CSP level 3,
    /// section 2.3.1). Empty for any other element.
    package var policySource: String {
        guard case .verbatim(let code) = content else { return "" }
        // The text begins with the line break that follows the tag.
        return "'sha256-\(SHA256.base64(of: Array("\n\(code)".utf8)))'"
    }

    /// By bytes, because "<" and a combining mark after it are one character.
    private static func replacing(_ mark: Unicode.Scalar, in text: String, by escape: String) -> String {
        text.utf8.split(separator: UInt8(ascii: mark), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }.joined(separator: escape)
    }
}

extension Element.Name {
    fileprivate static let script = Self("script", .block)
    fileprivate static let style = Self("style", .block)
}
