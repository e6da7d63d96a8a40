// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results

/// The paper's Fig. 1 from measurements: at the top, what MPTCP and Optimal TCP delivered over the walk; in the middle,
/// what each link offered and what TCP made of it; at the bottom, which path Optimal TCP took and when each path was
/// attached.
package enum Figure1 {
    /// figure1.svg, which stands alone.
    package static func svg(of result: ComparisonResult) -> String {
        svg(FigureSeries(result), of: result, layout: .wide).file
    }

    /// The figure as the content of a page.
    package static func html(of result: ComparisonResult) -> Markup {
        let series = FigureSeries(result)
        return SVG.both { svg(series, of: result, layout: $0) }
    }

    /// One row for each step; a field is empty if its series has no value then.
    static func csv(of result: ComparisonResult) -> String {
        let series = FigureSeries(result)
        var columns = [("mptcp_mbps", series.mptcp, series.offset), ("optimal_mbps", series.optimal, series.offset)]
        for path in series.paths {
            columns.append(("tcp_\(path.name)_mbps", path.tcp, series.offset))
            columns.append(("\(path.name)_capacity_mbps", path.capacity, .zero))
        }
        columns.removeAll { $0.1.isEmpty }
        // Measured series begin with the first SYN, within the walk's first second, so they have a time column of their
        // own.
        let times = columns.contains { $0.2 != .zero } ? ["measured_time_s"] : []
        let rows = (0..<(columns.map(\.1.count).max() ?? 0)).map { index in
            let middle = series.step * index + series.step / 2
            let instants = [middle] + (times.isEmpty ? [] : [middle + series.offset])
            return (instants.map { $0.seconds.text() } + columns.map { index < $0.1.count ? $0.1[index].text() : "" })
                .joined(separator: ",")
        }
        return ((["time_s"] + times + columns.map { CSVField.text($0.0) }).joined(separator: ",") + "\n")
            + rows.map { "\($0)\n" }.joined()
    }

    struct Layout {
        let width: Double
        let left: Double
        let right: Double
        let top: Double
        let bottom: Double
        /// The largest number of ticks on the time axis.
        let timeTicks: Int
        /// Whether the entries of a legend share the title's row.
        let legendBeside: Bool
        let name: String

        static let wide = Layout(
            width: 960, left: 74, right: 14, top: 230, bottom: 190, timeTicks: 13, legendBeside: true,
            name: "figure wide")
        static let narrow = Layout(
            width: 380, left: 68, right: 10, top: 190, bottom: 170, timeTicks: 6, legendBeside: false,
            name: "figure narrow")

        var plotWidth: Double { width - left - right }
    }

    static func svg(_ series: FigureSeries, of result: ComparisonResult, layout: Layout) -> SVG {
        var plot = Plot(series: series, layout: layout)
        plot.drawGoodput()
        plot.drawLinks()
        plot.drawLanes()
        plot.drawTime()
        return plot.drawing.svg(
            width: layout.width, height: plot.y + 8, class: layout.name,
            title: "Goodput of MPTCP and Optimal TCP, and what each link gave, over the walk \(result.replay.name)",
            description: description(series, of: result))
    }

    private static func description(_ series: FigureSeries, of result: ComparisonResult) -> String {
        func mean(_ values: [Double]) -> String {
            values.isEmpty
                ? "not run" : "\((values.reduce(0, +) / Double(values.count)).text(significantDigits: 3)) Mb/s"
        }
        let links = series.paths.map { "\($0.name): capacity \(mean($0.capacity)), TCP \(mean($0.tcp))" }
        return "Means over \(series.duration.seconds.text()) s. MPTCP \(mean(series.mptcp)); Optimal TCP "
            + "\(mean(series.optimal)); \(links.joined(separator: "; "))."
    }
}

/// One drawing of Figure 1, drawn from the top down.
private struct Plot {
    let series: FigureSeries
    let layout: Figure1.Layout
    var drawing = Drawing()
    /// The height at which the next element is drawn.
    var y = 0.0
    /// The top and the foot of each panel, between which the time's lines are drawn.
    private let time: Axis

    init(series: FigureSeries, layout: Figure1.Layout) {
        self.series = series
        self.layout = layout
        let seconds = max(series.duration.seconds, 0.1)
        // On a walk of minutes, whole minutes read better than multiples of 100 s.
        let unit = seconds > 150 ? 60.0 : 1
        time = Axis(to: seconds / unit, most: layout.timeTicks)
    }

    private var minutes: Bool { series.duration.seconds > 150 }

    private func x(_ instant: Duration) -> Double {
        layout.left + layout.plotWidth * min(1, max(0, instant / max(series.duration, .milliseconds(100))))
    }

    // MARK: Panels

    mutating func drawGoodput() {
        var entries: [(String, String)] = []
        if !series.mptcp.isEmpty { entries.append(("MPTCP", "mptcp")) }
        if !series.optimal.isEmpty { entries.append(("Optimal TCP", "optimal")) }
        title("Goodput, Mb/s", entries: entries, areas: [])
        let panel = panel(height: layout.top, highest: (series.mptcp + series.optimal).max() ?? 0)
        curve(series.optimal, in: panel, class: "optimal")
        curve(series.mptcp, in: panel, class: "mptcp")
        y += 14
    }

    mutating func drawLinks() {
        title(
            "Links, Mb/s",
            entries: series.paths.enumerated().filter { !$1.tcp.isEmpty }.map {
                ("TCP over \($1.name)", "tcp \(FigureStyle.path($0))")
            },
            areas: series.paths.enumerated().map { ("\($1.name) capacity", "cap \(FigureStyle.path($0))") })
        let highest = series.paths.flatMap { $0.capacity + $0.tcp }.max() ?? 0
        let panel = panel(height: layout.bottom, highest: highest)
        for (index, path) in series.paths.enumerated() {
            area(path.capacity, in: panel, class: "cap \(FigureStyle.path(index))")
        }
        for (index, path) in series.paths.enumerated() {
            curve(path.tcp, in: panel, class: "tcp \(FigureStyle.path(index))")
        }
        y += 8
    }

    /// Which path Optimal TCP took, and when each path was attached.
    mutating func drawLanes() {
        if !series.choices.isEmpty {
            lane("Optimal on", spans: series.choices.map { ($0.span, FigureStyle.path($0.path)) })
        }
        for (index, path) in series.paths.enumerated() where !path.detached.isEmpty {
            var attached: [(Range<Duration>, String)] = []
            var from = Duration.zero
            for away in path.detached {
                if from < away.lowerBound { attached.append((from..<away.lowerBound, FigureStyle.path(index))) }
                from = away.upperBound
            }
            if from < series.duration { attached.append((from..<series.duration, FigureStyle.path(index))) }
            lane(path.name, spans: attached)
        }
    }

    mutating func drawTime() {
        drawing.line(
            from: .init(x: layout.left, y: y), to: .init(x: layout.left + layout.plotWidth, y: y), class: "x")
        for tick in time.ticks {
            let instant = Duration.seconds(minutes ? tick * 60 : tick)
            guard instant <= series.duration else { continue }
            drawing.line(from: .init(x: x(instant), y: y), to: .init(x: x(instant), y: y + 4), class: "x")
            drawing.text(time.label(tick), at: .init(x: x(instant), y: y + 17), anchor: .middle, class: "k")
        }
        y += 33
        drawing.text(
            "time into the walk, \(minutes ? "minutes" : "s")",
            at: .init(x: layout.left + layout.plotWidth / 2, y: y), anchor: .middle, class: "k")
    }

    // MARK: Parts

    private struct Panel {
        let top: Double
        let height: Double
        let limit: Double

        func y(_ value: Double) -> Double { top + height * (1 - min(value, limit) / limit) }
    }

    private mutating func panel(height: Double, highest: Double) -> Panel {
        let axis = Axis(to: max(highest, 0.01), most: 7)
        let panel = Panel(top: y, height: height, limit: axis.top)
        for path in series.paths {
            for away in path.detached {
                drawing.rectangle(
                    x: x(away.lowerBound), y: y, width: x(away.upperBound) - x(away.lowerBound), height: height,
                    class: "away")
            }
        }
        for tick in axis.ticks {
            let place = panel.y(tick)
            drawing.line(
                from: .init(x: layout.left, y: place), to: .init(x: layout.left + layout.plotWidth, y: place),
                class: tick == 0 ? "x" : "g")
            drawing.text(axis.label(tick), at: .init(x: layout.left - 6, y: place + 4), anchor: .end, class: "k")
        }
        y += height
        return panel
    }

    /// Each point lies in the middle of its step.
    private func points(_ values: [Double], from start: Duration, in panel: Panel) -> [Drawing.Point] {
        values.enumerated().map { index, value in
            Drawing.Point(x: x(start + series.step * index + series.step / 2), y: panel.y(value))
        }
    }

    private mutating func curve(_ values: [Double], in panel: Panel, class name: String) {
        drawing.path(through: points(values, from: series.offset, in: panel), class: name)
    }

    private mutating func area(_ values: [Double], in panel: Panel, class name: String) {
        drawing.path(
            through: points(values, from: .zero, in: panel), base: panel.top + panel.height, class: name)
    }

    private mutating func lane(_ name: String, spans: [(Range<Duration>, String)]) {
        let label = name.count > 10 ? "\(name.prefix(9))\u{2026}" : name
        drawing.text(label, at: .init(x: layout.left - 6, y: y + 10), anchor: .end, class: "k")
        // Adjacent spans of one colour become one rectangle.
        var merged: [(Range<Duration>, String)] = []
        for (span, colour) in spans {
            if let last = merged.last, last.1 == colour, last.0.upperBound == span.lowerBound {
                merged[merged.count - 1].0 = last.0.lowerBound..<span.upperBound
            } else {
                merged.append((span, colour))
            }
        }
        for (span, colour) in merged {
            drawing.rectangle(
                x: x(span.lowerBound), y: y + 2, width: x(span.upperBound) - x(span.lowerBound), height: 9,
                class: "lane \(colour)")
        }
        y += 16
    }

    private mutating func title(_ text: String, entries: [(String, String)], areas: [(String, String)]) {
        y += 18
        drawing.text(text, at: .init(x: layout.legendBeside ? layout.left : 4, y: y), class: "t")
        var place = layout.legendBeside ? layout.left + 120 : 4
        if !layout.legendBeside { y += 19 }
        for (index, (name, look)) in (entries + areas).enumerated() {
            let width = 26 + Double(name.count) * 6.7 + 16
            if place + width - 16 > layout.width {
                place = layout.legendBeside ? layout.left + 120 : 4
                y += 18
            }
            if index < entries.count {
                drawing.line(from: .init(x: place, y: y - 4), to: .init(x: place + 20, y: y - 4), class: look)
            } else {
                drawing.rectangle(x: place, y: y - 9, width: 20, height: 10, class: look)
            }
            drawing.text(name, at: .init(x: place + 26, y: y), class: "l")
            place += width
        }
        y += 12
    }
}
