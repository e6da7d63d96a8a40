// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// A table before it becomes text, Markdown or HTML, so that all three hold the same numbers.
struct ResultTable: Sendable {
    enum Style: Sendable {
        case plain, lead, sub, group
    }

    struct Row: Sendable {
        let head: String
        let cells: [HTMLTable.Cell]
        let style: Style
    }

    /// What the table holds, for readers who cannot see it.
    let label: String
    let headers: [String]
    /// Columns that hold words.
    let textColumns: Set<Int>
    private(set) var rows: [Row] = []

    init(_ label: String, headers: [String], textColumns: Set<Int> = []) {
        self.label = label
        self.headers = headers
        self.textColumns = textColumns
    }

    /// - Parameter cells: nil for a column that this table does not have.
    mutating func add(_ head: String, _ cells: [String?], style: Style = .plain) {
        rows.append(Row(head: head, cells: cells.compactMap { $0 }.map { .init(text: $0) }, style: style))
    }

    mutating func add(_ head: String, cells: [HTMLTable.Cell], style: Style = .plain) {
        rows.append(Row(head: head, cells: cells, style: style))
    }

    mutating func addGroup(_ name: String) {
        rows.append(Row(head: name, cells: [], style: .group))
    }

    var isEmpty: Bool { rows.isEmpty }

    /// Empty if there are no rows.
    var text: String {
        guard !isEmpty else { return "" }
        var table = TextTable(textColumns: textColumns)
        table.add(headers)
        for (index, row) in rows.enumerated() {
            if row.style == .group {
                if index > 0 { table.addBlank() }
            } else {
                table.add([(row.style == .sub ? "  " : "") + row.head] + row.cells.map(\.text))
            }
        }
        return table.text
    }

    /// Empty if there are no rows.
    var markdown: String {
        guard !isEmpty else { return "" }
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        var lines = [
            line(headers.map(Markup.markdown)),
            "|\(headers.indices.map { $0 == 0 || textColumns.contains($0) ? "---" : "---:" }.joined(separator: "|"))|",
        ]
        for row in rows where row.style != .group {
            let cells = row.cells.map { Markup.markdown($0.text) }
            let head = Markup.markdown(row.head)
            lines.append(line([row.style == .lead ? "**\(head)**" : head] + cells))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var html: Markup { html(isSortable: false) }

    /// Empty if there are no rows.
    func html(isSortable: Bool) -> Markup {
        guard !isEmpty else { return Markup() }
        var table = HTMLTable(label, headers: headers, textColumns: textColumns, isSortable: isSortable)
        for row in rows {
            switch row.style {
            case .group: table.addGroup(row.head)
            case .plain: table.add(row.head, row.cells)
            case .lead: table.add(row.head, row.cells, style: "lead")
            case .sub: table.add(row.head, row.cells, style: "sub")
            }
        }
        return table.html
    }
}
