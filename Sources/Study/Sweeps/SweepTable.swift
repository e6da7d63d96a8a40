// SPDX-License-Identifier: Apache-2.0
import Determinism
import Statistics

/// A sweep's gains for the terminal: one line for each point and strategy.
package enum SweepTable {
    package static func text(of result: SweepResult) -> String {
        let columns = SweepGains.columns(of: result)
        var rows = [columns + ["strategy", "Mb/s", "to Optimal TCP", "95 % over walks"]]
        for gains in SweepGains.all(of: result) where !gains.goodput.isEmpty {
            rows.append(
                gains.point + [
                    gains.strategy == "optimal" ? "(Optimal TCP)" : gains.strategy,
                    Sample(gains.goodput).mean?.text(decimals: 3) ?? "-", gains.mean?.text(decimals: 3) ?? "-",
                    gains.interval.map { "\($0.low.text(decimals: 3)) to \($0.high.text(decimals: 3))" }
                        ?? "- (\(gains.goodput.count) walk\(gains.goodput.count == 1 ? "" : "s"))",
                ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, field in
                let padding = String(repeating: " ", count: widths[column] - field.count)
                // Words are aligned to the left, numbers to the right.
                return column == columns.count ? field + padding : padding + field
            }.joined(separator: "  ") + "\n"
        }.joined() + (SweepGains.whyNoRatio(result).map { "\n\($0)\n" } ?? "")
    }
}
