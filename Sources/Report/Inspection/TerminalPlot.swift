// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// A curve made of block characters, for a terminal.
enum TerminalPlot {
    private static let width = 72
    private static let height = 5
    private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameter rates: one rate for each `step`; if there are more rates than columns, each column shows the mean of
    ///   its share.
    static func text(title: String, _ rates: [DataRate], step: Duration) -> String {
        let columns = columns(rates.map(\.megabitsPerSecond))
        let top = columns.max() ?? 0
        guard top > 0 else { return "\(title): nothing\n" }
        let label = top.text(significantDigits: 3)
        let margin = String(repeating: " ", count: label.count)
        var text = "\(title), Mb/s\n"
        for row in (0..<height).reversed() {
            text += row == height - 1 ? label : row == 0 ? String(margin.dropLast()) + "0" : margin
            text += " │"
            text += String(
                columns.map { value -> Character in
                    let filled = value / top * Double(height * 8) - Double(row * 8)
                    // Every rate above zero is visible.
                    let eighth = value > 0 && row == 0 ? max(1, filled.rounded()) : filled.rounded()
                    return eighths[Int(min(8, max(0, eighth)))]
                })
            text = String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        let end = "\((step.seconds * Double(rates.count)).text(significantDigits: 4)) s"
        let gap = String(repeating: " ", count: max(1, columns.count - end.count - 1))
        return text + "\(margin) └\(String(repeating: "─", count: columns.count))\n\(margin)  0\(gap)\(end)\n"
    }

    private static func columns(_ values: [Double]) -> [Double] {
        let count = min(width, values.count)
        return (0..<count).map { column in
            let share = values[(column * values.count / count)..<((column + 1) * values.count / count)]
            return share.reduce(0, +) / Double(share.count)
        }
    }
}
