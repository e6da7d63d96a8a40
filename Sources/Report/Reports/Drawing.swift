// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// An SVG under construction. Coordinates are CSS pixels, written to a tenth; looks come from classes (`FigureStyle`).
struct Drawing {
    struct Point {
        var x: Double
        var y: Double
    }

    enum Anchor: String {
        case start, middle, end
    }

    private var elements: [Element] = []

    mutating func line(from start: Point, to end: Point, class name: String) {
        add(.line, name, ["x1": number(start.x), "y1": number(start.y), "x2": number(end.x), "y2": number(end.y)])
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, class name: String) {
        add(.rect, name, ["x": number(x), "y": number(y), "width": number(width), "height": number(height)])
    }

    mutating func circle(at centre: Point, radius: Double, class name: String) {
        add(.circle, name, ["cx": number(centre.x), "cy": number(centre.y), "r": number(radius)])
    }

    mutating func text(_ text: String, at place: Point, anchor: Anchor = .start, class name: String) {
        let attributes: Element.Attributes = [
            "x": number(place.x), "y": number(place.y), "text-anchor": anchor.rawValue,
        ]
        elements.append(Element(.text, class: name, attributes, text))
    }

    /// A line through all points or, with `base`, the area between that line and the height `base`.
    mutating func path(through points: [Point], base: Double? = nil, class name: String) {
        guard let first = points.first, let last = points.last else { return }
        var path = "M"
        if let base { path += "\(number(first.x)) \(number(base))L" }
        path += points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
        if let base { path += "L\(number(last.x)) \(number(base))Z" }
        add(.path, name, ["d": path])
    }

    private mutating func add(_ shape: Element.Name, _ look: String, _ attributes: Element.Attributes) {
        elements.append(Element(shape, class: look, attributes))
    }

    /// - Parameter description: what the figure shows, for readers who cannot see it.
    func svg(width: Double, height: Double, class name: String, title: String, description: String) -> SVG {
        SVG(
            attributes: [
                "xmlns": "http://www.w3.org/2000/svg", "class": name,
                "viewBox": "0 0 \(number(width)) \(number(height))", "width": number(width),
                "height": number(height), "role": "img", "aria-label": title,
            ], title: title, description: description, shapes: elements)
    }

    /// Rounded to a tenth, without a trailing ".0".
    private func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let magnitude = abs(tenths)
        return magnitude % 10 == 0 ? "\(sign)\(magnitude / 10)" : "\(sign)\(magnitude / 10).\(magnitude % 10)"
    }
}

/// A finished figure.
struct SVG {
    fileprivate let attributes: Element.Attributes
    fileprivate let title: String
    fileprivate let description: String
    fileprivate let shapes: [Element]

    /// The figure in a page, whose style has the figure's classes too.
    private var element: Element { element(style: nil) }

    /// The figure as a file of its own, with its style.
    var file: String { element(style: .style(verbatim: FigureStyle.standalone)).text }

    /// One figure for wide and for narrow screens, of which the page's style shows one.
    @MarkupBuilder static func both(_ draw: (Figure1.Layout) -> SVG) -> Markup {
        draw(.wide).element
        draw(.narrow).element
    }

    private func element(style: Element?) -> Element {
        Element(.svg, attributes) {
            Element(.title, title)
            Element(.desc, description)
            if let style { style }
            shapes
        }
    }
}

extension Element.Name {
    fileprivate static let svg = Self("svg", .block)
    fileprivate static let desc = Self("desc", .line)
    fileprivate static let text = Self("text", .line)
    fileprivate static let line = Self("line", .line, end: .slash)
    fileprivate static let rect = Self("rect", .line, end: .slash)
    fileprivate static let circle = Self("circle", .line, end: .slash)
    fileprivate static let path = Self("path", .line, end: .slash)
}

/// Four to seven round numbers, from zero to at least `limit`.
struct Axis {
    let ticks: [Double]

    init(from start: Double = 0, to limit: Double, most: Int = 6) {
        let span = max(limit - start, 1e-6)
        var step = 1e-6
        let factors = [2.0, 2.5, 2.0]
        var turn = 0
        while span / step > Double(most) {
            step *= factors[turn % 3]
            turn += 1
        }
        // Each tick is a multiple of the step, since a running sum would drift. Steps are 10^-6 or more and print to a
        // few digits.
        var ticks: [Double] = []
        var index = (start / step).rounded(.up)
        while (index - 1) * step < limit - step * 1e-9 || ticks.count < 2 {
            ticks.append(index * step)
            index += 1
        }
        self.ticks = ticks
    }

    /// 1, 10, 100 and so on, at least two of them.
    init(decadesTo limit: Double) {
        var ticks = [1.0, 10]
        while ticks[ticks.count - 1] < limit { ticks.append(ticks[ticks.count - 1] * 10) }
        self.ticks = ticks
    }

    var top: Double { ticks[ticks.count - 1] }

    func label(_ tick: Double) -> String { tick.text(significantDigits: 4) }
}
