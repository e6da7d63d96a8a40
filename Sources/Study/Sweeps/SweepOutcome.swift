// SPDX-License-Identifier: Apache-2.0
/// The cells that an engine could not finish.
struct SweepOutcome: Sendable {
    /// One sentence for each of those cells, in the cells' order.
    let failures: [String]
    /// The rows that there are of each of those cells.
    let failedRows: [Int: [SweepRow]]

    init(_ failedRows: [Int: [SweepRow]], _ sweep: Sweep) {
        self.failedRows = failedRows
        failures = failedRows.sorted { $0.key < $1.key }.map { index, rows in
            let row = rows.first { $0.failure != nil }
            // The only cell of a sweep without parameters has no title.
            let place = [sweep.title(of: index), row?.strategy ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
            return "\(place): \(row?.failure ?? "")"
        }
    }
}
