// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Reports
import Statistics
import Sweeps

/// The fluid engine compared with the real stack on the cells of Figures 3 and 4. Sweeps of thousands of cells would
/// rest on this comparison.
enum FluidSection {
    @MarkupBuilder static func html(walking: FluidErrors, driving: FluidErrors) -> Markup {
        Element(.h2, "The fluid engine on the same cells")
        Element(
            .p,
            """
            No figure above rests on it. It is a model for sweeps of thousands of cells; here is how far it is off.
            """)
        for (name, errors) in [("walking", walking), ("driving", driving)] {
            table(of: errors, name).html
            let within = errors.ratio.values.count { abs($0) <= 0.02 }
            let all = errors.ratio.values.count
            Element(
                .p,
                "The ratio is within 2 points in \(within) of \(all) cells"
                    + (within < all ? ", so nothing about MPTCP may rest on it." : "."))
        }
    }

    private static func table(of errors: FluidErrors, _ name: String) -> HTMLTable {
        var table = HTMLTable(
            "Error of the fluid engine, \(name)",
            headers: ["\(name): goodput", "runs", "mean error", "mean size", "worst"])
        for row in errors.rows { table.add(row.strategy, cells(row.errors, scale: 100, unit: " %")) }
        table.add("mptcp over Optimal TCP", cells(errors.ratio, scale: 100, unit: " points"), style: "lead")
        return table
    }

    private static func cells(_ errors: Sample, scale: Double, unit: String) -> [HTMLTable.Cell] {
        let sizes = Sample(errors.values.map(abs))
        let worst = errors.values.max { abs($0) < abs($1) }
        return [.init(text: "\(errors.values.count)")]
            + [errors.mean, sizes.mean, worst].map { value in
                .init(text: value.map { "\(($0 * scale).text(decimals: 1))\(unit)" } ?? "-")
            }
    }
}
