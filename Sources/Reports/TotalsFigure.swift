import Runs
import Statistics
import Units

/// What each strategy delivered, a dot for each seed, beside what the oracles allow.
enum TotalsFigure {
    private struct Row {
        let name: String
        let sample: Sample
        let colour: String
    }

    static func svg(of result: ComparisonResult, layout: Figure1.Layout) -> String {
        var rows = StrategyTotals.all(of: result).map { totals in
            Row(
                name: totals.strategy.description, sample: totals.megabytes,
                colour: colour(totals.strategy, of: result))
        }
        rows += BoundTotals.all(of: result).filter { $0.kind != .variant }.map {
            Row(name: $0.name, sample: $0.megabytes, colour: $0.kind == .measured ? "c-optimal" : "c-other")
        }
        let axis = Axis(to: max(rows.flatMap(\.sample.values).max() ?? 0, 0.001), most: layout.legendBeside ? 10 : 5)
        // Beside the bars where there is room, else above them.
        let beside = layout.legendBeside
        let left = beside ? 230.0 : 6
        let right = layout.width - (beside ? 70 : 52)
        let pitch = beside ? 26.0 : 38
        let height = Double(rows.count) * pitch
        func x(_ value: Double) -> Double { left + (right - left) * value / axis.top }
        var drawing = Drawing()
        let top = 6.0
        for tick in axis.ticks {
            drawing.line(
                from: .init(x: x(tick), y: top), to: .init(x: x(tick), y: top + height),
                class: tick == 0 ? "x" : "g")
            let last = tick == axis.top
            drawing.text(
                axis.label(tick) + (last ? " MB" : ""), at: .init(x: x(tick), y: top + height + 16),
                anchor: tick == 0 && !beside ? .start : .middle, class: "k")
        }
        for (index, row) in rows.enumerated() {
            let middle = top + Double(index) * pitch + (beside ? pitch / 2 : pitch - 11)
            drawing.text(
                row.name, at: .init(x: beside ? left - 8 : left, y: beside ? middle + 4 : middle - 12),
                anchor: beside ? .end : .start, class: "l")
            guard let mean = row.sample.mean else { continue }
            drawing.rectangle(
                x: left, y: middle - 6, width: x(mean) - left, height: 12, class: "bar \(row.colour)")
            if let interval = row.sample.meanInterval() {
                drawing.line(
                    from: .init(x: x(max(0, interval.low)), y: middle), to: .init(x: x(interval.high), y: middle),
                    class: "whisker \(row.colour)")
            }
            for value in row.sample.values {
                drawing.circle(at: .init(x: x(value), y: middle), radius: 2.6, class: "dot \(row.colour)")
            }
            drawing.text(
                mean.text(decimals: 1), at: .init(x: right + 6, y: middle + 4), anchor: .start, class: "l")
        }
        let spoken = rows.map { "\($0.name) \($0.sample.mean?.text(decimals: 1) ?? "-") MB" }
        return drawing.svg(
            width: layout.width, height: top + height + 26, class: layout.name,
            title: "Mean megabytes delivered by each strategy and allowed by each oracle",
            description: spoken.joined(separator: "; ") + ".", style: nil)
    }

    /// A bar is named beside it, so all that is MPTCP shares a colour.
    private static func colour(_ strategy: Strategy, of result: ComparisonResult) -> String {
        if strategy == .optimalBuilt { return "c-optimal" }
        if strategy.usesMPTCP { return "c-mptcp" }
        guard let path = strategy.path else { return "c-other" }
        return "c-\(FigureStyle.path(result.replay.traces.firstIndex { $0.name == path } ?? 0))"
    }
}
