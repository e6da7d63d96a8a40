// SPDX-License-Identifier: Apache-2.0

/// Writes elements into one text.
struct MarkupWriter {
    private(set) var text = ""
    /// Whether lines are indented by two spaces a level.
    private let isIndented: Bool
    private var depth = 0
    /// Whether an element that stands on one line is being written.
    private var isWithinLine = false

    init(isIndented: Bool = false) {
        self.isIndented = isIndented
    }

    mutating func write(_ markup: Markup) {
        for node in markup.nodes {
            switch node {
            case .element(let element): write(element)
            case .text(let plain): Markup.escape(plain, into: &text)
            }
        }
    }

    mutating func write(_ element: Element) {
        let layout = isWithinLine ? .inline : element.name.layout
        if layout != .inline { startLine() }
        text += "<"
        text += element.name.text.description
        for (name, value) in element.attributes {
            text += " "
            text += name.description
            text += "=\""
            Markup.escape(value, into: &text)
            text += "\""
        }
        writeRest(of: element, layout)
        if layout != .inline { text += "\n" }
    }

    /// The end of the element's first tag, what it holds, and its last tag.
    private mutating func writeRest(of element: Element, _ layout: Element.Name.Layout) {
        switch element.content {
        case .markup(let markup) where markup.nodes.isEmpty && element.name.end != .closingTag:
            text += element.name.end == .slash ? "/>" : ">"
            return
        case .markup(let markup):
            text += ">"
            write(markup, layout)
        case .verbatim(let code):
            text += ">\n"
            text += code
        }
        text += "</"
        text += element.name.text.description
        text += ">"
    }

    private mutating func write(_ markup: Markup, _ layout: Element.Name.Layout) {
        switch layout {
        case .inline: write(markup)
        case .line:
            isWithinLine = true
            write(markup)
            isWithinLine = false
        case .block where markup.nodes.isEmpty: break
        case .block:
            text += "\n"
            depth += 1
            write(markup)
            depth -= 1
            startLine()
        }
    }

    private mutating func startLine() {
        if isIndented { text += String(repeating: "  ", count: depth) }
    }
}

extension Element {
    /// The element as it stands within a document, or alone as an SVG file.
    package var text: String {
        var writer = MarkupWriter()
        writer.write(self)
        return writer.text
    }

    /// The whole page whose root this is.
    package var page: String { "<!doctype html>\n" + text }

    /// The XML document whose root this is, indented.
    package var xml: String {
        var writer = MarkupWriter(isIndented: true)
        writer.write(self)
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + writer.text
    }
}

extension Markup {
    /// The markup as it stands within a document.
    package var text: String {
        var writer = MarkupWriter()
        writer.write(self)
        return writer.text
    }
}
