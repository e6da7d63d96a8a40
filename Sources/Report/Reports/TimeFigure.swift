// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces

/// Curves or stacked areas over the walk, in one panel with a legend below it.
struct TimeFigure {
    struct Curve {
        let name: String
        let look: String
        /// One value for each step from `start` on; NaN where there is none.
        let values: [Double]
    }

    let title: String
    let unit: String
    let curves: [Curve]
    /// Whether each area stands on the one before.
    var isStacked = false
    /// Whether the axis shows powers of ten from one up; smaller values are drawn at one.
    var isLogarithmic = false
    let step: Duration
    /// The time of the first value on the walk's clock.
    let start: Duration
    let duration: Duration
    /// Spans in which a path is away, drawn grey.
    let away: [Range<Duration>]

    func svg(layout: Figure1.Layout) -> SVG {
        let heights = isStacked ? stacked : curves.map(\.values)
        let highest = heights.joined().filter { !$0.isNaN }.max() ?? 0
        let axis =
            isLogarithmic
            ? Axis(decadesTo: highest) : Axis(to: max(highest, 0.01), most: layout.legendBeside ? 7 : 5)
        let (top, height) = (10.0, layout.legendBeside ? 230.0 : 180)
        let foot = top + height
        let end = max(duration, .milliseconds(100))
        func x(_ time: Duration) -> Double { layout.left + layout.plotWidth * min(1, max(0, time / end)) }
        func y(_ value: Double) -> Double {
            let part =
                isLogarithmic ? PortableMath.log10(max(value, 1)) / PortableMath.log10(axis.top) : value / axis.top
            return foot - height * min(part, 1)
        }
        var drawing = Drawing()
        for span in away {
            drawing.rectangle(
                x: x(span.lowerBound), y: top, width: x(span.upperBound) - x(span.lowerBound), height: height,
                class: "away")
        }
        for tick in axis.ticks {
            drawing.line(
                from: .init(x: layout.left, y: y(tick)), to: .init(x: layout.left + layout.plotWidth, y: y(tick)),
                class: tick == axis.ticks[0] ? "x" : "g")
            drawing.text(
                axis.label(tick) + (tick == axis.top ? " \(unit)" : ""), at: .init(x: layout.left - 6, y: y(tick) + 4),
                anchor: .end, class: "k")
        }
        // The last area covers all others, so it is drawn first.
        for index in isStacked ? Array(curves.indices.reversed()) : Array(curves.indices) {
            // The line has a gap where there is no value.
            for part in heights[index].indices.split(whereSeparator: { heights[index][$0].isNaN }) {
                let points = part.map { Drawing.Point(x: x(start + step * $0 + step / 2), y: y(heights[index][$0])) }
                drawing.path(through: points, base: isStacked ? foot : nil, class: curves[index].look)
            }
        }
        drawTime(layout, foot: foot, x, &drawing)
        var legend = Legend(layout: layout, y: foot + 56)
        for curve in curves { legend.add(curve.name, look: curve.look, isArea: isStacked, to: &drawing) }
        let spoken = curves.map { curve in
            let values = curve.values.filter { !$0.isNaN }
            return "\(curve.name): \((values.last ?? 0).text(significantDigits: 3)) \(unit) at the end, "
                + "\((values.max() ?? 0).text(significantDigits: 3)) at most"
        }
        return drawing.svg(
            width: layout.width, height: legend.y + 12, class: layout.name, title: title,
            description: spoken.joined(separator: "; ") + ".")
    }

    /// The figure as the content of a page.
    var html: Markup { SVG.both(svg) }

    private func drawTime(
        _ layout: Figure1.Layout, foot: Double, _ x: (Duration) -> Double, _ drawing: inout Drawing
    ) {
        let minutes = duration > .seconds(150)
        let unit = minutes ? 60.0 : 1
        let axis = Axis(to: max(duration.seconds, 0.1) / unit, most: layout.timeTicks)
        for tick in axis.ticks where tick * unit <= duration.seconds {
            let place = x(.seconds(tick * unit))
            drawing.line(from: .init(x: place, y: foot), to: .init(x: place, y: foot + 4), class: "x")
            drawing.text(axis.label(tick), at: .init(x: place, y: foot + 17), anchor: .middle, class: "k")
        }
        drawing.text(
            "time into the walk, \(minutes ? "minutes" : "s")",
            at: .init(x: layout.left + layout.plotWidth / 2, y: foot + 33), anchor: .middle, class: "k")
    }

    private var stacked: [[Double]] {
        var foot: [Double] = []
        return curves.map { curve in
            foot = curve.values.enumerated().map { ($0 < foot.count ? foot[$0] : 0) + $1 }
            return foot
        }
    }

    /// A column for the time and one for each curve.
    var csv: String {
        let suffix = unit == "Mb/s" ? "mbps" : unit.lowercased()
        let columns = curves.map { curve in
            String(curve.name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }) + "_\(suffix)"
        }
        let most = curves.map(\.values.count).max() ?? 0
        let rows = (0..<most).map { index -> String in
            let time = start + step * index + step / 2
            let cells = curves.map { curve -> String in
                guard index < curve.values.count, !curve.values[index].isNaN else { return "" }
                return curve.values[index].text()
            }
            return ([time.seconds.text()] + cells).joined(separator: ",")
        }
        return (["time_s,\(columns.joined(separator: ","))"] + rows).joined(separator: "\n") + "\n"
    }
}

extension TimeFigure {
    /// What each strategy has delivered up to each time, in the seed that is shown.
    static func bytes(of result: ComparisonResult) -> TimeFigure {
        let figure = FigureSeries(result)
        let runs = result.runs.filter { $0.seed == figure.seed }
        func sums(_ rates: [Double]) -> [Double] {
            var sum = 0.0
            return rates.map { rate in
                sum += rate * figure.step.seconds / 8
                return sum
            }
        }
        var curves: [Curve] = []
        if !figure.splicedRates.isEmpty {
            curves.append(Curve(name: "Optimal TCP", look: "curve c-optimal", values: sums(figure.splicedRates)))
        }
        curves += runs.map { run in
            Curve(
                name: run.strategy.description, look: "curve \(FigureStyle.strategy(run.strategy, of: result))",
                values: sums(FigureSeries.rates(run.series.delivered, step: figure.step)))
        }
        return TimeFigure(
            title: "Megabytes delivered so far by each strategy", unit: "MB", curves: curves, step: figure.step,
            start: figure.offset + figure.step / 2, duration: figure.duration, away: figure.paths.flatMap(\.detached))
    }

    /// What MPTCP moved over each link, stacked; nil if no strategy used two links.
    static func paths(of result: ComparisonResult) -> TimeFigure? {
        let figure = FigureSeries(result)
        let runs = result.runs.filter { $0.seed == figure.seed }
        guard
            let run = runs.first(where: { $0.strategy == .mptcp })
                ?? runs.first(where: { $0.strategy.path(among: result.replay.traces.map(\.name)) == nil })
        else { return nil }
        let curves = result.replay.traces.enumerated().map { index, trace in
            Curve(
                name: "\(run.strategy) on \(trace.name)", look: "stack \(FigureStyle.path(index))",
                values: FigureSeries.moving(
                    FigureSeries.rates(
                        run.series.link(trace.name, run.direction)?.arrived ?? [], step: figure.step),
                    over: FigureSeries.smoothedSteps))
        }
        return TimeFigure(
            title: "Megabits per second that \(run.strategy) moved over each link", unit: "Mb/s", curves: curves,
            isStacked: true, step: figure.step, start: figure.offset, duration: figure.duration,
            away: figure.paths.flatMap(\.detached))
    }

    /// The delays that MPTCP met on each path; nil if none were measured.
    static func delays(of result: ComparisonResult) -> TimeFigure? {
        let figure = FigureSeries(result)
        let runs = result.runs.filter { $0.seed == figure.seed && !$0.series.delays.isEmpty }
        guard let run = runs.first(where: { $0.strategy == .mptcp }) ?? runs.first else { return nil }
        let curves = run.series.delays.map { $0.means(over: figure.step) }.enumerated().flatMap { index, path in
            let colour = FigureStyle.path(index)
            func milliseconds(_ value: UInt32) -> Double { Double(value) / 1000 }
            return [
                Curve(
                    name: "\(path.path) round trip", look: "curve c-\(colour)",
                    values: path.roundTrip.map { $0 > 0 ? milliseconds($0) : .nan }),
                Curve(
                    name: "\(path.path) queue", look: "curve c-\(colour) d1", values: path.queue.map(milliseconds)),
            ]
        }
        return TimeFigure(
            title: "Milliseconds that \(run.strategy)'s packets took on each path", unit: "ms", curves: curves,
            isLogarithmic: true, step: figure.step, start: figure.offset, duration: figure.duration,
            away: figure.paths.flatMap(\.detached))
    }
}
