// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Traces
import Verification

/// How faithfully the links followed their traces, over all runs.
package struct FidelitySummary: Sendable {
    /// One path, direction and width of window over all runs.
    struct Row: Sendable {
        let path: String
        let direction: Direction
        let window: Duration
        var windows = 0
        var violations = 0
        /// The largest error of all runs.
        var maxError: Double?
        var maxErrorBytes: Double?
        /// The overall error, with its sign, of the run in which it is largest.
        var overallError: Double?
        /// The run with the largest error in bytes, and the time of that window in the walk.
        var worstRun: String?
        var worstWindow: Duration?
        /// Sums over all runs, in the columns of `Fidelity.errorHistogram`.
        var histogram: [Int] = []
    }

    let rows: [Row]

    package init(_ result: ComparisonResult) {
        var rows: [Row] = []
        for run in result.runs {
            for fidelity in run.fidelity {
                let index =
                    rows.firstIndex {
                        $0.path == fidelity.path && $0.direction == fidelity.direction && $0.window == fidelity.window
                    } ?? rows.count
                if index == rows.count {
                    rows.append(Row(path: fidelity.path, direction: fidelity.direction, window: fidelity.window))
                }
                rows[index].add(fidelity, of: run.id)
            }
        }
        self.rows = rows
    }

    package var violations: Int { rows.reduce(0) { $0 + $1.violations } }
    package var windows: Int { rows.reduce(0) { $0 + $1.windows } }

    /// One line for tables and reports.
    package var sentence: String {
        guard !rows.isEmpty else { return "Fidelity: not measured." }
        let beyond = "one packet of the largest size + 0.1 % of what the trace says"
        if violations > 0 {
            let worst = rows.filter { $0.violations > 0 }.max { ($0.maxErrorBytes ?? 0) < ($1.maxErrorBytes ?? 0) }
            return "Fidelity: \(count(violations, "window")) differ by more than \(beyond)\(place(worst)). "
                + "Do not trust these numbers."
        }
        guard windows > 0 else {
            return "Fidelity: no link was backlogged for a whole window, so nothing was compared."
        }
        let largest = rows.compactMap(\.maxErrorBytes).max() ?? 0
        return
            "Fidelity: in all \(count(windows, "backlogged window")) every link carried what its trace says, to within "
            + "\(largest.text(decimals: 0)) bytes (one packet + 0.1 % is allowed)."
    }

    private func place(_ row: Row?) -> String {
        guard let row, let run = row.worstRun else { return "" }
        let window = "\(row.window.milliseconds.text()) ms"
        let time = row.worstWindow.map { ", at \($0.seconds.text(decimals: 1)) s of the walk" } ?? ""
        let bytes = row.maxErrorBytes.map { " by \($0.text(decimals: 0)) bytes" } ?? ""
        return "; worst run \(run), \(row.path) \(row.direction.rawValue), window of \(window)\(time),\(bytes)"
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// What makes a result untrustworthy, one sentence each with run, path and window; empty if nothing does.
    package static func doubts(about result: ComparisonResult) -> [String] {
        result.runs.flatMap { run in
            var doubts: [String] = []
            if let failure = run.failure { doubts.append("run \(run.id): \(failure).") }
            if !run.verified { doubts.append("run \(run.id): not every delivered byte was verified.") }
            for fidelity in run.fidelity where fidelity.violations > 0 {
                let worst = fidelity.worstWindow.map {
                    "; the worst begins at \($0.seconds.text(decimals: 1)) s of the walk"
                }
                let bytes = fidelity.maxErrorBytes.map { ", \($0.text(decimals: 0)) bytes off" }
                doubts.append(
                    "run \(run.id): \(fidelity.path) \(fidelity.direction.rawValue) differs from its trace by "
                        + "more than one packet of the largest size + 0.1 % in \(fidelity.violations) windows of "
                        + "\(fidelity.window.milliseconds.text()) ms"
                        + (worst ?? "") + (bytes ?? "") + ".")
            }
            return doubts
        }
    }
}

extension FidelitySummary.Row {
    fileprivate mutating func add(_ fidelity: ComparisonResult.Fidelity, of run: String) {
        windows += fidelity.windows
        violations += fidelity.violations
        if histogram.isEmpty {
            histogram = fidelity.errorHistogram
        } else if histogram.count == fidelity.errorHistogram.count {
            histogram = zip(histogram, fidelity.errorHistogram).map(+)
        }
        if let error = fidelity.maxError { maxError = max(maxError ?? 0, error) }
        if let error = fidelity.overallError, abs(error) >= abs(overallError ?? 0) { overallError = error }
        if let bytes = fidelity.maxErrorBytes, bytes > maxErrorBytes ?? -1 {
            maxErrorBytes = bytes
            worstRun = run
            worstWindow = fidelity.worstWindow
        }
    }
}
