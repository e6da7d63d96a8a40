// SPDX-License-Identifier: Apache-2.0
import Determinism
import Results

/// Each walk's headline ratio with its interval, and below them the ratio of all walks.
enum WalksFigure {
    private struct Row {
        let name: String
        let ratio: ComparisonResult.Ratio
        let look: String
    }

    static func svg(of result: WalksResult, layout: Figure1.Layout) -> SVG {
        var rows = result.walks.compactMap { walk in
            walk.ratio(WalksTables.headline).map { Row(name: walk.directory, ratio: $0, look: "c-other") }
        }
        if let overall = result.overall(WalksTables.headline) {
            rows.append(Row(name: "mean of the walks", ratio: overall.ratio, look: "c-mptcp"))
        }
        let values = rows.flatMap { row -> [Double] in
            [row.ratio.low, row.ratio.high, row.ratio.value].compactMap { $0 }
        }
        let axis = Axis(
            from: min(0.95, values.min() ?? 1), to: max(1.05, values.max() ?? 1), most: layout.legendBeside ? 10 : 5)
        let beside = layout.legendBeside
        let left = beside ? 230.0 : 14
        let right = layout.width - (beside ? 70 : 52)
        let pitch = beside ? 26.0 : 38
        let (top, height) = (6.0, Double(rows.count) * pitch)
        let lowest = axis.ticks[0] - (axis.ticks[1] - axis.ticks[0])
        func x(_ value: Double) -> Double { left + (right - left) * (value - lowest) / (axis.top - lowest) }
        var drawing = Drawing()
        for tick in [lowest] + axis.ticks {
            drawing.line(
                from: .init(x: x(tick), y: top), to: .init(x: x(tick), y: top + height),
                class: abs(tick - 1) < 1e-9 ? "x" : "g")
            drawing.text(
                axis.label(tick), at: .init(x: x(tick), y: top + height + 16), anchor: .middle, class: "k")
        }
        for (index, row) in rows.enumerated() {
            let middle = top + Double(index) * pitch + (beside ? pitch / 2 : pitch - 11)
            drawing.text(
                row.name, at: .init(x: beside ? left - 8 : left, y: beside ? middle + 4 : middle - 12),
                anchor: beside ? .end : .start, class: "l")
            guard let value = row.ratio.value else { continue }
            if let low = row.ratio.low, let high = row.ratio.high {
                drawing.line(
                    from: .init(x: x(low), y: middle), to: .init(x: x(high), y: middle), class: "whisker \(row.look)")
            }
            drawing.circle(at: .init(x: x(value), y: middle), radius: 4, class: "dot \(row.look)")
            drawing.text(value.text(decimals: 3), at: .init(x: right + 6, y: middle + 4), anchor: .start, class: "l")
        }
        return drawing.svg(
            width: layout.width, height: top + height + 26, class: layout.name,
            title: "MPTCP over Optimal TCP on every walk, and their mean",
            description: rows.map { "\($0.name) \(Wording.value($0.ratio))" }.joined(separator: "; ") + ".")
    }
}
