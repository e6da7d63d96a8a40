// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Verification

/// In each of the oracle's windows, how much more spliced Optimal TCP took than the built one delivered.
enum BuiltFigure {
    static func svg(of result: ComparisonResult, seed: UInt64?, layout: Figure1.Layout) -> SVG {
        let windows = result.builtWindows.filter { $0.seed == seed }
        let missing = windows.map(\.missing.megabytes)
        let up = Axis(to: max(missing.max() ?? 0, 0.001), most: 4)
        let step = up.ticks[1] - up.ticks[0]
        let below = (max(0, -(missing.min() ?? 0)) / step).rounded(.up)
        let ticks = (0..<Int(below)).map { -step * (below - Double($0)) } + up.ticks
        let (top, height) = (10.0, layout.legendBeside ? 170.0 : 150)
        let lowest = ticks.first ?? 0
        let end = windows.last?.span.upperBound ?? .seconds(1)
        func x(_ time: Duration) -> Double { layout.left + layout.plotWidth * (time / end) }
        func y(_ value: Double) -> Double { top + height * (1 - (value - lowest) / (up.top - lowest)) }
        var drawing = Drawing()
        for tick in ticks {
            drawing.line(
                from: .init(x: layout.left, y: y(tick)), to: .init(x: layout.left + layout.plotWidth, y: y(tick)),
                class: tick == 0 ? "x" : "g")
            drawing.text(
                up.label(tick) + (tick == up.top ? " MB" : ""), at: .init(x: layout.left - 6, y: y(tick) + 4),
                anchor: .end, class: "k")
        }
        for (window, value) in zip(windows, missing) {
            let (left, right) = (x(window.span.lowerBound), x(window.span.upperBound))
            let gap = min(1, (right - left) / 5)
            drawing.rectangle(
                x: left + gap / 2, y: y(max(0, value)), width: right - left - gap,
                height: y(min(0, value)) - y(max(0, value)), class: "patch \(look(window.cause))")
        }
        let minutes = end > .seconds(150)
        let unit = minutes ? 60.0 : 1
        let foot = top + height
        for tick in Axis(to: end.seconds / unit, most: layout.timeTicks).ticks where tick * unit <= end.seconds {
            let place = x(.seconds(tick * unit))
            drawing.line(from: .init(x: place, y: foot), to: .init(x: place, y: foot + 4), class: "x")
            drawing.text(tick.text(), at: .init(x: place, y: foot + 17), anchor: .middle, class: "k")
        }
        drawing.text(
            "since the first SYN, \(minutes ? "minutes" : "s")",
            at: .init(x: layout.left + layout.plotWidth / 2, y: foot + 33), anchor: .middle, class: "k")
        var legend = Legend(layout: layout, y: foot + 56)
        var spoken: [String] = []
        for cause in ComparisonResult.BuiltWindow.Cause.allCases {
            let sum = windows.filter { $0.cause == cause }.reduce(0) { $0 + $1.missing.megabytes }
            guard windows.contains(where: { $0.cause == cause }) else { continue }
            legend.add(BuiltTables.name(of: cause), look: "patch \(look(cause))", isArea: true, to: &drawing)
            spoken.append("\(BuiltTables.name(of: cause)) \(sum.text(decimals: 2)) MB")
        }
        return drawing.svg(
            width: layout.width, height: legend.y + 12, class: layout.name,
            title: "Megabytes of spliced Optimal TCP less those of the built one, in every window",
            description: spoken.joined(separator: "; ") + ".")
    }

    static func csv(of result: ComparisonResult, seed: UInt64?) -> String {
        let rows = result.builtWindows.filter { $0.seed == seed }.map { window in
            [
                window.span.lowerBound.seconds.text(), window.span.upperBound.seconds.text(),
                window.spliced.megabytes.text(), window.built.megabytes.text(), window.missing.megabytes.text(),
                window.cause.rawValue,
            ].joined(separator: ",")
        }
        return (["start_s,end_s,spliced_mb,built_mb,missing_mb,cause"] + rows).joined(separator: "\n") + "\n"
    }

    private static func look(_ cause: ComparisonResult.BuiltWindow.Cause) -> String {
        switch cause {
        case .away: "c-other"
        case .switched: "c-optimal"
        case .chosenOtherwise: "c-p1"
        case .other: "c-mptcp"
        }
    }
}
