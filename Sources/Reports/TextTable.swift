/// Rows of cells in aligned columns, two blanks apart: the first and those of words to the left, all others to the right.
struct TextTable {
    private let textColumns: Set<Int>
    private var rows: [[String]] = []

    init(textColumns: Set<Int> = []) {
        self.textColumns = textColumns
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// A line across, as an empty row.
    mutating func addBlank() { rows.append([]) }

    var text: String {
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
