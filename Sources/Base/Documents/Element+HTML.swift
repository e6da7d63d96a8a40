// SPDX-License-Identifier: Apache-2.0

/// The elements of our pages.
extension Element.Name {
    package static let html = Self("html", .block)
    package static let head = Self("head", .block)
    /// The title of a page or, in SVG, of a figure.
    package static let title = Self("title", .line)
    package static let body = Self("body", .block)
    package static let main = Self("main", .block)
    package static let header = Self("header", .block)
    package static let h1 = Self("h1", .line)
    package static let h2 = Self("h2", .line)
    package static let h3 = Self("h3", .line)

    package static let p = Self("p", .line)
    package static let pre = Self("pre", .line)
    package static let a = Self("a", .inline)
    package static let b = Self("b", .inline)
    package static let code = Self("code", .inline)
    package static let sup = Self("sup", .inline)

    package static let div = Self("div", .block)
    package static let figure = Self("figure", .block)
    package static let figcaption = Self("figcaption", .line)
    package static let details = Self("details", .block)
    package static let summary = Self("summary", .line)

    package static let ul = Self("ul", .block)
    package static let li = Self("li", .line)
    package static let dl = Self("dl", .block)
    // A term and what is said of it share a line.
    package static let dt = Self("dt", .inline)
    package static let dd = Self("dd", .line)

    package static let table = Self("table", .block)
    // Our tables have one row of heads.
    package static let thead = Self("thead", .line)
    package static let tbody = Self("tbody", .block)
    package static let tr = Self("tr", .line)
    package static let th = Self("th", .inline)
    package static let td = Self("td", .inline)

    fileprivate static let meta = Self("meta", .line, end: .nothing)
}

extension Element {
    /// What a page says of itself to a browser. Such an element has no last tag, so there is no way to give it content.
    package static func meta(_ attributes: Attributes) -> Element {
        Element(.meta, attributes, content: .markup(Markup()))
    }
}
