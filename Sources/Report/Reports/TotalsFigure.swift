// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Results
import Statistics
import Strategies
import Traces

/// What each strategy delivered, with a dot for each seed, and lines across all strategies for what the oracles allow.
/// For a workload of a fixed size, it shows how long each strategy took.
enum TotalsFigure {
    private struct Row {
        let name: String
        let sample: Sample
        let look: String
    }

    static func svg(of result: ComparisonResult, layout: Figure1.Layout) -> SVG {
        let rows = rows(of: result)
        let lines = lines(of: result)
        let unit = unit(of: result)
        let axis = axis(rows + lines, most: layout.legendBeside ? 10 : 5)
        // Names stand next to the bars if there is room, else above them.
        let beside = layout.legendBeside
        let left = beside ? 230.0 : 6
        let right = layout.width - (beside ? 70 : 52)
        let pitch = beside ? 26.0 : 38
        let head = Double(lines.count) * 17
        let top = 6 + head
        let foot = top + Double(rows.count) * pitch
        func x(_ value: Double) -> Double { left + (right - left) * min(value, axis.top) / axis.top }
        var drawing = Drawing()
        for tick in axis.ticks {
            drawing.line(
                from: .init(x: x(tick), y: top), to: .init(x: x(tick), y: foot), class: tick == 0 ? "x" : "g")
            drawing.text(
                axis.label(tick) + (tick == axis.top ? " \(unit)" : ""), at: .init(x: x(tick), y: foot + 16),
                anchor: tick == 0 && !beside ? .start : .middle, class: "k")
        }
        for (index, line) in lines.enumerated() {
            guard let mean = line.sample.mean else { continue }
            let place = x(mean)
            let height = 12 + Double(index) * 17
            // Each name stands on the side that has room for it.
            let isRight = place < left + (right - left) * 0.45
            drawing.line(
                from: .init(x: place, y: height - 8), to: .init(x: place, y: foot), class: "oracle \(line.look)")
            drawing.text(
                "\(line.name): \(mean.text(decimals: 1))", at: .init(x: place + (isRight ? 6 : -6), y: height),
                anchor: isRight ? .start : .end, class: "l")
        }
        for (index, row) in rows.enumerated() {
            let middle = top + Double(index) * pitch + (beside ? pitch / 2 : pitch - 11)
            drawing.text(
                row.name, at: .init(x: beside ? left - 8 : left, y: beside ? middle + 4 : middle - 12),
                anchor: beside ? .end : .start, class: "l")
            guard let mean = row.sample.mean else {
                drawing.text("not within the walk", at: .init(x: left + 6, y: middle + 4), class: "k")
                continue
            }
            drawing.rectangle(x: left, y: middle - 6, width: x(mean) - left, height: 12, class: "bar \(row.look)")
            if let interval = row.sample.meanInterval() {
                whisker(interval, y: middle, axis: axis, look: row.look, x, &drawing)
            }
            for value in row.sample.values {
                drawing.circle(at: .init(x: x(value), y: middle), radius: 2.6, class: "dot \(row.look)")
            }
            drawing.text(
                mean.text(decimals: 1), at: .init(x: right + 6, y: middle + 4), anchor: .start, class: "l")
        }
        let spoken = (rows + lines).map { "\($0.name) \($0.sample.mean?.text(decimals: 1) ?? "-") \(unit)" }
        return drawing.svg(
            width: layout.width, height: foot + 26, class: layout.name, title: title(of: result),
            description: spoken.joined(separator: "; ") + ".")
    }

    /// An interval never leaves the plot: an arrow shows that it continues.
    private static func whisker(
        _ interval: Interval, y: Double, axis: Axis, look: String, _ x: (Double) -> Double, _ drawing: inout Drawing
    ) {
        let end = x(interval.high)
        drawing.line(
            from: .init(x: x(max(0, interval.low)), y: y), to: .init(x: end, y: y), class: "whisker \(look)")
        guard interval.high > axis.top else { return }
        drawing.path(
            through: [.init(x: end - 7, y: y - 5), .init(x: end, y: y), .init(x: end - 7, y: y + 5)],
            class: "whisker curve \(look)")
    }

    /// The axis reaches to the largest value, and to the ends of intervals unless they would squeeze the values
    /// together.
    private static func axis(_ rows: [Row], most: Int) -> Axis {
        let largest = rows.flatMap(\.sample.values).max() ?? 0
        let reach = rows.compactMap { $0.sample.meanInterval()?.high }.max() ?? largest
        return Axis(to: max(largest, min(reach, largest * 1.3), 0.001), most: most)
    }

    private static func rows(of result: ComparisonResult) -> [Row] {
        StrategyTotals.all(of: result).map { totals in
            Row(
                name: totals.strategy.description, sample: isTimed(result) ? totals.times : totals.megabytes,
                look: look(totals.strategy, of: result))
        }
    }

    private static func lines(of result: ComparisonResult) -> [Row] {
        BoundTotals.all(of: result).filter { !$0.isVariant }.map { bound in
            Row(
                name: bound.label, sample: isTimed(result) ? bound.times : bound.megabytes,
                look: bound.group == .optimal ? "c-optimal" : "c-other")
        }
    }

    private static func isTimed(_ result: ComparisonResult) -> Bool { result.replay.workload.size != nil }
    private static func unit(of result: ComparisonResult) -> String { isTimed(result) ? "s" : "MB" }

    private static func title(of result: ComparisonResult) -> String {
        isTimed(result)
            ? "Mean seconds until each strategy had transferred all, and what the oracles allow"
            : "Mean megabytes delivered by each strategy, and what the oracles allow"
    }

    static func csv(of result: ComparisonResult) -> String {
        let unit = isTimed(result) ? "seconds" : "mb"
        let all = rows(of: result).map { ("strategy", $0) } + lines(of: result).map { ("oracle", $0) }
        let rows = all.map { kind, row in
            let interval = row.sample.meanInterval()
            let values = [row.sample.mean, interval.map { max(0, $0.low) }, interval?.high].map { $0?.text() ?? "" }
            return "\(kind),\(CSVField.quoted(row.name)),\(values.joined(separator: ",")),\(row.sample.values.count)"
        }
        return (["kind,name,mean_\(unit),low_\(unit),high_\(unit),seeds"] + rows).joined(separator: "\n") + "\n"
    }

    /// A name stands next to each bar, so all MPTCP strategies share a colour.
    private static func look(_ strategy: StrategyName, of result: ComparisonResult) -> String {
        let paths = result.replay.traces.map(\.name)
        switch FigureStyle.appearance(of: strategy, in: result) {
        case .optimal: return "c-optimal"
        case .mptcp: return "c-mptcp"
        case .path(let path, _): return FigureStyle.colour(ofPath: path, of: result)
        case .next:
            let known = StrategyRegistry.find(strategy.description, over: paths)
            return known?.connections(over: paths).first?.isMPTCP == true ? "c-mptcp" : "c-other"
        }
    }
}
