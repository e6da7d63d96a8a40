// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results

/// The share of its requests or frames that each strategy had finished within a time.
enum ExchangeFigure {
    static func svg(of result: ComparisonResult, layout: Figure1.Layout) -> SVG {
        let all = ExchangeTotals.all(of: result)
        // The axis ends at the slowest strategy's 99 % quantile: single slower exchanges would squeeze all others to
        // the left.
        let limit = all.compactMap { $0.quantile(0.99) ?? $0.summary.distribution.last?.time.seconds }.max() ?? 0
        let axis = Axis(to: max(limit, 0.001), most: layout.legendBeside ? 10 : 5)
        let (top, height) = (10.0, layout.legendBeside ? 240.0 : 190)
        func x(_ seconds: Double) -> Double { layout.left + layout.plotWidth * min(seconds, axis.top) / axis.top }
        func y(_ share: Double) -> Double { top + height * (1 - share) }
        var drawing = Drawing()
        for share in [0, 0.25, 0.5, 0.75, 1] {
            drawing.line(
                from: .init(x: layout.left, y: y(share)), to: .init(x: layout.left + layout.plotWidth, y: y(share)),
                class: share == 0 ? "x" : "g")
            drawing.text(
                "\((share * 100).text()) %", at: .init(x: layout.left - 6, y: y(share) + 4), anchor: .end, class: "k")
        }
        for tick in axis.ticks {
            drawing.line(
                from: .init(x: x(tick), y: top + height), to: .init(x: x(tick), y: top + height + 4), class: "x")
            drawing.text(
                axis.label(tick) + (tick == axis.top ? " s" : ""), at: .init(x: x(tick), y: top + height + 17),
                anchor: tick == axis.top ? .end : .middle, class: "k")
        }
        var legend = Legend(layout: layout, y: top + height + 40)
        for totals in all {
            let look = "curve \(FigureStyle.strategy(totals.strategy, of: result))"
            drawing.path(through: points(totals, to: axis.top).map { .init(x: x($0.0), y: y($0.1)) }, class: look)
            legend.add(totals.strategy.description, look: look, to: &drawing)
        }
        let spoken = all.map { totals in
            "\(totals.strategy): "
                + "\(totals.quantile(0.5).map { "half within \($0.text(decimals: 3)) s" } ?? "less than half")"
        }
        return drawing.svg(
            width: layout.width, height: legend.y + 12, class: layout.name,
            title: "Share of \(ExchangeTables.noun(of: result)) finished within a time, for each strategy",
            description: spoken.joined(separator: "; ") + ".")
    }

    static func csv(of result: ComparisonResult) -> String {
        let rows = ExchangeTotals.all(of: result).flatMap { totals in
            totals.summary.curve.map {
                "\(CSVField.text(totals.strategy.description)),\($0.time.seconds.text()),\($0.share.text())"
            }
        }
        return (["strategy,time_s,share"] + rows).joined(separator: "\n") + "\n"
    }

    /// A step function, with as many steps as can be seen.
    private static func points(_ totals: ExchangeTotals, to limit: Double) -> [(Double, Double)] {
        var points: [(Double, Double)] = [(0, 0)]
        for step in totals.summary.curve where step.time.seconds <= limit {
            points.append((step.time.seconds, points[points.count - 1].1))
            points.append((step.time.seconds, step.share))
        }
        points.append((limit, points[points.count - 1].1))
        return points
    }
}

/// Entries next to one another, in as many rows as they need.
struct Legend {
    private let layout: Figure1.Layout
    private var x: Double
    private(set) var y: Double

    init(layout: Figure1.Layout, y: Double) {
        self.layout = layout
        self.y = y
        x = layout.left
    }

    /// - Parameter isArea: whether to draw a patch instead of a line.
    mutating func add(_ name: String, look: String, isArea: Bool = false, to drawing: inout Drawing) {
        let width = 26 + Double(name.count) * 6.7
        if x > layout.left, x + width > layout.width {
            x = layout.left
            y += 18
        }
        if isArea {
            drawing.rectangle(x: x, y: y - 9, width: 20, height: 10, class: look)
        } else {
            drawing.line(from: .init(x: x, y: y - 4), to: .init(x: x + 20, y: y - 4), class: look)
        }
        drawing.text(name, at: .init(x: x + 26, y: y), class: "l")
        x += width + 16
    }
}
