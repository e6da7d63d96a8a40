// SPDX-License-Identifier: Apache-2.0

/// An element of HTML, SVG or XML. What it says is escaped when it is written, so no text can become markup: names are
/// literals, and code that must not be escaped has the ways of `Element+Verbatim.swift` only.
package struct Element: Sendable {
    /// Attributes in the order in which they are written; one whose value is nil is left out.
    package typealias Attributes = KeyValuePairs<StaticString, String?>

    /// What an element holds.
    enum Content: Sendable {
        case markup(Markup)
        /// Text that is not escaped, and which this module has made safe for its place.
        case verbatim(String)
    }

    let name: Name
    let attributes: [(name: StaticString, value: String)]
    let content: Content

    init(_ name: Name, class look: String? = nil, _ attributes: Attributes = [:], content: Content) {
        var written: [(name: StaticString, value: String)] = []
        if let look { written.append(("class", look)) }
        for case (let name, let value?) in attributes { written.append((name, value)) }
        self.name = name
        self.attributes = written
        self.content = content
    }

    package init(
        _ name: Name, class look: String? = nil, _ attributes: Attributes = [:],
        @MarkupBuilder content: () -> Markup = { Markup() }
    ) {
        self.init(name, class: look, attributes, content: .markup(content()))
    }

    /// An element that holds nothing but text.
    package init(_ name: Name, class look: String? = nil, _ attributes: Attributes, _ text: String) {
        self.init(name, class: look, attributes, content: .markup(Markup(nodes: [.text(text)])))
    }

    package init(_ name: Name, class look: String? = nil, _ text: String) {
        self.init(name, class: look, [:], text)
    }
}

extension Element {
    /// The name of an element, and how it is written. Targets add the names of what they write.
    package struct Name: Sendable {
        /// Where the tags stand, so that people can read the documents and compare them line by line.
        package enum Layout: Sendable {
            /// Within a line.
            case inline
            /// On a line of its own, together with all that it holds.
            case line
            /// On lines of their own, with what the element holds between them; on one line if it holds nothing.
            case block
        }

        /// How the element ends if it holds nothing.
        package enum End: Sendable {
            case closingTag
            /// Its only tag ends with "/>", in SVG and XML.
            case slash
            /// It has no last tag, in HTML.
            case nothing
        }

        let text: StaticString
        let layout: Layout
        let end: End

        package init(_ text: StaticString, _ layout: Layout, end: End = .closingTag) {
            self.text = text
            self.layout = layout
            self.end = end
        }
    }
}
