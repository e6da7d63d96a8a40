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

    private(set) var elements = ""

    mutating func line(from start: Point, to end: Point, class name: String) {
        elements +=
            "<line class=\"\(name)\" x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" x2=\"\(number(end.x))\" "
            + "y2=\"\(number(end.y))\"/>\n"
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, class name: String) {
        elements +=
            "<rect class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
            + "height=\"\(number(height))\"/>\n"
    }

    mutating func circle(at centre: Point, radius: Double, class name: String) {
        elements +=
            "<circle class=\"\(name)\" cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" "
            + "r=\"\(number(radius))\"/>\n"
    }

    mutating func text(_ text: String, at place: Point, anchor: Anchor = .start, class name: String) {
        elements +=
            "<text class=\"\(name)\" x=\"\(number(place.x))\" y=\"\(number(place.y))\" "
            + "text-anchor=\"\(anchor.rawValue)\">"
            + "\(Markup.escaped(text))</text>\n"
    }

    /// A line through all points or, with `base`, the area between that line and the height `base`.
    mutating func path(through points: [Point], base: Double? = nil, class name: String) {
        guard let first = points.first, let last = points.last else { return }
        var path = "M"
        if let base { path += "\(number(first.x)) \(number(base))L" }
        path += points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
        if let base { path += "L\(number(last.x)) \(number(base))Z" }
        elements += "<path class=\"\(name)\" d=\"\(path)\"/>\n"
    }

    /// - Parameters:
    ///   - description: what the figure shows, for readers who cannot see it.
    ///   - style: the style of a figure that stands alone; nil if the page has it.
    func svg(width: Double, height: Double, class name: String, title: String, description: String, style: String?)
        -> String
    {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"\(name)\" viewBox=\"0 0 \(number(width)) "
            + "\(number(height))\" "
            + "width=\"\(number(width))\" height=\"\(number(height))\" role=\"img\" "
            + "aria-label=\"\(Markup.escaped(title))\">\n"
            + "<title>\(Markup.escaped(title))</title>\n<desc>\(Markup.escaped(description))</desc>\n"
            + (style.map { "<style>\n\($0)</style>\n" } ?? "") + elements + "</svg>\n"
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
