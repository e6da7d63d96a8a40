// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// A table of report.html. The first column heads its rows; the other columns hold numbers unless they are declared as
/// text.
package struct HTMLTable {
    package struct Cell {
        var text: String
        var isBad = false

        package init(text: String, isBad: Bool = false) {
            self.text = text
            self.isBad = isBad
        }
    }

    private let headers: [String]
    private let textColumns: Set<Int>
    private let label: String
    private let isFacts: Bool
    private let isSortable: Bool
    private let isWords: Bool
    private var rows = ""

    /// - Parameters:
    ///   - label: what the table holds, for readers who cannot see it.
    ///   - textColumns: columns that hold words and may wrap.
    ///   - isFacts: whether it holds names and their values, which stand below one another on a narrow screen.
    ///   - isSortable: whether clicking a column's head sorts the table.
    ///   - isWords: whether it holds sentences, which wrap in every column.
    package init(
        _ label: String, headers: [String], textColumns: Set<Int> = [], isFacts: Bool = false, isSortable: Bool = false,
        isWords: Bool = false
    ) {
        self.isFacts = isFacts
        self.isSortable = isSortable
        self.isWords = isWords
        self.label = label
        self.headers = headers
        self.textColumns = textColumns
    }

    /// - Parameter style: `lead`, `sub` or none.
    package mutating func add(_ head: String, _ cells: [Cell], style: String = "") {
        rows += "<tr\(style.isEmpty ? "" : " class=\"\(style)\"")><th scope=\"row\">\(Markup.escaped(head))</th>"
        for (index, cell) in cells.enumerated() {
            let classes = (textColumns.contains(index + 1) ? ["text"] : []) + (cell.isBad ? ["bad"] : [])
            let attribute = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
            rows += "<td\(attribute)>\(Markup.escaped(cell.text))</td>"
        }
        rows += "</tr>\n"
    }

    package mutating func add(_ head: String, _ cells: String..., style: String = "") {
        add(head, cells.map { Cell(text: $0) }, style: style)
    }

    package mutating func addGroup(_ name: String) {
        rows +=
            "<tr class=\"group\"><th colspan=\"\(headers.count)\" "
            + "scope=\"rowgroup\">\(Markup.escaped(name))</th></tr>\n"
    }

    package var html: String {
        let head = headers.enumerated().map { index, text in
            let name = textColumns.contains(index) ? " class=\"text\"" : ""
            return text.isEmpty ? "<td></td>" : "<th scope=\"col\"\(name)>\(Markup.escaped(text))</th>"
        }.joined()
        let look = isFacts ? " class=\"facts\"" : isSortable ? " class=\"sortable\"" : isWords ? " class=\"words\"" : ""
        let start =
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(Markup.escaped(label))\">\n"
            + "<table\(look)>\n"
        let hasHead = headers.contains { !$0.isEmpty }
        return start + (hasHead ? "<thead><tr>\(head)</tr></thead>\n" : "")
            + "<tbody>\n\(rows)</tbody>\n</table>\n</div>\n<p class=\"more-hint\">The table goes on to the "
            + "right: scroll it.</p>\n"
    }
}
