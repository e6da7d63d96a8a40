// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Traces

/// Curves over a parameter, with an interval at each point.
package struct GridFigure: Sendable {
    package struct Point: Sendable {
        package var x: Double
        package var value: Double
        /// nil if there are too few samples for an interval.
        package var low: Double?
        package var high: Double?

        package init(x: Double, value: Double, low: Double? = nil, high: Double? = nil) {
            self.x = x
            self.value = value
            self.low = low
            self.high = high
        }
    }

    package struct Curve: Sendable {
        package var name: String
        package var look: String
        package var points: [Point]

        package init(name: String, look: String, points: [Point]) {
            self.name = name
            self.look = look
            self.points = points
        }
    }

    package var title: String
    /// The title of the horizontal axis; `unit` is that of the vertical one.
    package var parameter: String
    package var unit: String
    package var curves: [Curve]
    /// The value at which a heavier horizontal line is drawn, with which the values are compared.
    package var reference: Double?

    package init(title: String, parameter: String, unit: String, curves: [Curve], reference: Double? = nil) {
        self.title = title
        self.parameter = parameter
        self.unit = unit
        self.curves = curves
        self.reference = reference
    }

    /// The class of a strategy's curve, by its name and its place among the others.
    package static func look(of strategy: String, at place: Int) -> String {
        switch strategy {
        case "tcp-wifi": "c-p0"
        case "tcp-cellular": "c-p1"
        case "mptcp": "c-mptcp"
        case "optimal": "c-optimal"
        case "optimal-built": "c-optimal d1"
        case "wifi-first": "c-other"
        default: ["c-p2", "c-p3", "c-other d1", "c-mptcp d1", "c-p2 d2", "c-p3 d2", "c-mptcp d2"][place % 7]
        }
    }

    /// The figure as the content of a page.
    package var html: Markup { SVG.both(svg) }

    /// The figure as a file of its own.
    package var file: String { svg(layout: .wide).file }

    private func svg(layout: Figure1.Layout) -> SVG {
        let all = curves.flatMap(\.points)
        let values = all.flatMap { [$0.value, $0.low, $0.high].compactMap { $0 } }
        let least = min(values.min() ?? 0, reference ?? 0)
        let axis = Axis(
            from: reference == nil ? 0 : least, to: max(values.max() ?? 1, reference ?? 0.01),
            most: layout.legendBeside ? 7 : 5)
        let lowest = reference == nil ? 0 : axis.ticks[0] - (axis.ticks[1] - axis.ticks[0])
        let across = Axis(
            from: all.map(\.x).min() ?? 0, to: max(all.map(\.x).max() ?? 1, (all.map(\.x).min() ?? 0) + 1e-3),
            most: layout.legendBeside ? 11 : 6)
        let (top, height) = (10.0, layout.legendBeside ? 260.0 : 200)
        let foot = top + height
        let (start, end) = (across.ticks[0], across.top)
        func x(_ value: Double) -> Double { layout.left + layout.plotWidth * (value - start) / (end - start) }
        func y(_ value: Double) -> Double { foot - height * (value - lowest) / (axis.top - lowest) }
        var drawing = Drawing()
        for tick in (reference == nil ? [] : [lowest]) + axis.ticks {
            let isHeavy = abs(tick - (reference ?? 0)) < 1e-9
            drawing.line(
                from: .init(x: layout.left, y: y(tick)), to: .init(x: layout.left + layout.plotWidth, y: y(tick)),
                class: isHeavy ? "x" : "g")
            drawing.text(
                axis.label(tick) + (tick == axis.top ? " \(unit)" : ""), at: .init(x: layout.left - 6, y: y(tick) + 4),
                anchor: .end, class: "k")
        }
        for tick in across.ticks {
            drawing.text(across.label(tick), at: .init(x: x(tick), y: foot + 16), anchor: .middle, class: "k")
        }
        drawing.text(
            parameter, at: .init(x: layout.left + layout.plotWidth / 2, y: foot + 34), anchor: .middle, class: "l")
        for curve in curves {
            drawing.path(through: curve.points.map { .init(x: x($0.x), y: y($0.value)) }, class: "curve \(curve.look)")
            for point in curve.points {
                if let low = point.low, let high = point.high {
                    drawing.line(
                        from: .init(x: x(point.x), y: y(max(low, lowest))),
                        to: .init(x: x(point.x), y: y(min(high, axis.top))), class: curve.look)
                }
                drawing.circle(at: .init(x: x(point.x), y: y(point.value)), radius: 3, class: "dot \(curve.look)")
            }
        }
        var legend = Legend(layout: layout, y: foot + 60)
        for curve in curves { legend.add(curve.name, look: curve.look, to: &drawing) }
        let spoken = curves.map { curve in
            "\(curve.name): "
                + curve.points.map { "\($0.value.text(significantDigits: 3)) at \($0.x.text())" }.joined(
                    separator: ", ")
        }
        return drawing.svg(
            width: layout.width, height: legend.y + 12, class: layout.name, title: title,
            description: "\(unit) over \(parameter). \(spoken.joined(separator: "; ")).")
    }
}
