// SPDX-License-Identifier: Apache-2.0
import Determinism

/// Rows of cells in aligned columns, two blanks apart. The first column and columns of words are aligned left, all
/// others right.
package struct TextTable {
    private let textColumns: Set<Int>
    private var rows: [[String]] = []

    package init(textColumns: Set<Int> = []) {
        self.textColumns = textColumns
    }

    /// Adds a row. What would act on a terminal is escaped, because names come from files.
    package mutating func add(_ cells: [String]) { rows.append(cells.map(Shown.line)) }

    /// Adds an empty line between rows.
    package mutating func addBlank() { rows.append([]) }

    package var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isLeft = column == 0 || textColumns.contains(column)
                line += (column == 0 ? "" : "  ") + (isLeft ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
