// SPDX-License-Identifier: Apache-2.0
/// What an engine could not finish.
struct SweepOutcome: Sendable {
    /// One sentence for each cell, in their order.
    let failures: [String]
    /// Of each such cell, what there is of it.
    let failedRows: [Int: [SweepRow]]

    init(_ failedRows: [Int: [SweepRow]], _ sweep: Sweep) {
        self.failedRows = failedRows
        failures = failedRows.sorted { $0.key < $1.key }.map { index, rows in
            let row = rows.first { $0.failure != nil }
            return "\(sweep.title(of: index)), \(row?.strategy ?? ""): \(row?.failure ?? "")"
        }
    }
}
