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
    private var rows: [Element] = []

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
    package mutating func add(_ head: String, _ cells: [Cell], style: String? = nil) {
        let row = Element(.tr, class: style) {
            Element(.th, ["scope": "row"], head)
            for (index, cell) in cells.enumerated() {
                Element(.td, class: look(of: cell, in: index + 1), cell.text)
            }
        }
        rows.append(row)
    }

    private func look(of cell: Cell, in column: Int) -> String? {
        let looks = (textColumns.contains(column) ? ["text"] : []) + (cell.isBad ? ["bad"] : [])
        return looks.isEmpty ? nil : looks.joined(separator: " ")
    }

    package mutating func add(_ head: String, _ cells: String..., style: String? = nil) {
        add(head, cells.map { Cell(text: $0) }, style: style)
    }

    package mutating func addGroup(_ name: String) {
        let row = Element(.tr, class: "group") {
            Element(.th, ["colspan": "\(headers.count)", "scope": "rowgroup"], name)
        }
        rows.append(row)
    }

    @MarkupBuilder package var html: Markup {
        Element(.div, class: "scroll", ["role": "region", "tabindex": "0", "aria-label": label]) {
            Element(.table, class: isFacts ? "facts" : isSortable ? "sortable" : isWords ? "words" : nil) {
                if headers.contains(where: { !$0.isEmpty }) { head }
                Element(.tbody) { rows }
            }
        }
        Element(.p, class: "more-hint", "The table goes on to the right: scroll it.")
    }

    private var head: Element {
        Element(.thead) {
            Element(.tr) {
                for (index, text) in headers.enumerated() {
                    if text.isEmpty {
                        Element(.td)
                    } else {
                        Element(.th, ["scope": "col", "class": textColumns.contains(index) ? "text" : nil], text)
                    }
                }
            }
        }
    }
}
