// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results
import Traces
import Verification

/// How much of the allowed difference the compared windows used, with a row for each link and width of window.
enum FidelityFigure {
    static func svg(of result: ComparisonResult, layout: Figure1.Layout) -> SVG {
        let rows = FidelitySummary(result).rows.filter { $0.windows > 0 && !$0.histogram.isEmpty }
        let beside = layout.legendBeside
        let left = beside ? 230.0 : 14
        let pitch = beside ? 44.0 : 62
        let width = layout.width - left - 14
        let column = width / Double(columns)
        var drawing = Drawing()
        for (index, row) in rows.enumerated() {
            let foot = Double(index + 1) * pitch
            let total = Double(max(1, row.histogram.reduce(0, +)))
            drawing.text(
                name(of: row), at: .init(x: beside ? left - 8 : left, y: foot - (beside ? 12 : 44)),
                anchor: beside ? .end : .start, class: "l")
            drawing.line(from: .init(x: left, y: foot), to: .init(x: left + width, y: foot), class: "x")
            for (place, count) in row.histogram.enumerated() where count > 0 {
                // A single window must remain visible.
                let height = max(1.5, 34 * Double(count) / total)
                drawing.rectangle(
                    x: left + column * Double(place) + 1, y: foot - height, width: column - 2, height: height,
                    class: "patch \(place == columns - 1 ? "c-bad" : "c-other")")
            }
        }
        let foot = Double(rows.count) * pitch
        for place in stride(from: 0, through: columns - 1, by: beside ? 1 : 2) {
            drawing.text(
                "\(place * 10) %", at: .init(x: left + column * Double(place), y: foot + 15), anchor: .middle,
                class: "k")
        }
        drawing.text(
            "of what a window may differ by; beyond 100 % it is not trusted",
            at: .init(x: left + width / 2, y: foot + 32), anchor: .middle, class: "k")
        let spoken = rows.map { row in
            "\(name(of: row)): \(row.histogram.prefix(5).reduce(0, +)) of \(row.windows) windows within half, "
                + "\(row.histogram.last ?? 0) beyond"
        }
        return drawing.svg(
            width: layout.width, height: foot + 42, class: layout.name,
            title: "Windows by how much of the allowed difference they used",
            description: spoken.joined(separator: "; ") + ".")
    }

    static func csv(of result: ComparisonResult) -> String {
        let rows = FidelitySummary(result).rows.filter { !$0.histogram.isEmpty }.flatMap { row in
            row.histogram.enumerated().map { place, count in
                let window = row.window.milliseconds.text()
                return "\(CSVField.text(row.path)),\(row.direction.rawValue),\(window),\(place * 10),\(count)"
            }
        }
        return (["path,direction,window_ms,from_percent_of_allowed,windows"] + rows).joined(separator: "\n") + "\n"
    }

    /// Ten columns for tenths of the allowed difference, and one for what exceeds it.
    private static let columns = 11

    private static func name(of row: FidelitySummary.Row) -> String {
        "\(row.path) \(row.direction.rawValue), \(row.window.milliseconds.text()) ms"
    }
}
