// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces
import Verification

extension HTMLReport {
    @MarkupBuilder static func totals(_ result: ComparisonResult) -> Markup {
        let what = result.replay.workload.size == nil ? "" : " of the time until all was transferred"
        let direction =
            result.replay.workload.directions.count > 1
            ? result.runs.first.map { ", \($0.direction.rawValue)link" } : nil
        Element(.h2, "Strategies\(direction ?? "")")
        Element(.figure) {
            SVG.both { TotalsFigure.svg(of: result, layout: $0) }
            Element(
                .figcaption,
                """
                Figure 2. Bars: means over seeds\(what); lines on them: 95 % intervals, an arrow where one goes on; \
                dots: single seeds. Across: what the oracles allow.
                """)
        }
        StrategyTables.strategies(of: result, whole: true).html
        if let model = EnergyTotals.chosenModel(of: result) {
            Element(
                .p, class: "note",
                """
                J and Mb/J: what the radios took under the model \u{201C}\(model)\u{201D}, and application bits for it.
                """)
        }
    }

    @MarkupBuilder static func ratios(_ result: ComparisonResult) -> Markup {
        // Workloads of exchanges have no ratios.
        if !result.ratios.isEmpty {
            Element(.h2, "Ratios")
            StrategyTables.ratios(of: result, whole: true).html
            Element(
                .p, class: "note",
                """
                Taken within a seed, then averaged. Smallest difference: how far from 1 the true mean would have to be \
                for as many seeds as these to show it, in four of five such comparisons (two-sided 5 % level, 80 % \
                power).
                """)
        }
    }

    @MarkupBuilder static func fidelity(_ result: ComparisonResult) -> Markup {
        Element(.h2, "Fidelity")
        Element(
            .p,
            """
            Did the links carry what the trace says? In every run a meter at the far end, which knows nothing of the \
            trace, is compared with it over each window throughout which the link had something to send.
            """)
        histogram(result)
        table(ofFidelity: result).html
        Element(
            .p, class: "note",
            """
            Over all runs. Compared: backlogged windows. Beyond: windows that differ by more than one largest packet + \
            0.1 %; one is enough to distrust the result. A window may cut one packet, so errors below about 1500 B are \
            none. Overall error: over all windows of the run where it is largest.
            """)
    }

    private static func table(ofFidelity result: ComparisonResult) -> HTMLTable {
        var table = HTMLTable(
            "Fidelity",
            headers: ["link", "window", "compared", "beyond", "largest error", "overall error", "worst run"])
        for row in FidelitySummary(result).rows {
            table.add(
                "\(row.path) \(row.direction.rawValue)",
                [
                    .init(text: "\(row.window.milliseconds.text()) ms"), .init(text: "\(row.windows)"),
                    .init(text: "\(row.violations)", isBad: row.violations > 0),
                    .init(text: row.maxErrorBytes.map { "\($0.text(decimals: 0)) B" } ?? "-"),
                    .init(text: row.overallError.map { "\(($0 * 100).text(decimals: 4)) %" } ?? "-"),
                    .init(text: row.worstRun ?? "-"),
                ])
        }
        return table
    }

    @MarkupBuilder private static func histogram(_ result: ComparisonResult) -> Markup {
        if FidelitySummary(result).rows.contains(where: { $0.windows > 0 && !$0.histogram.isEmpty }) {
            Element(.figure) {
                SVG.both { FidelityFigure.svg(of: result, layout: $0) }
                Element(
                    .figcaption,
                    """
                    Figure 4. Windows by how much of the allowed difference from the trace they used; most of it is \
                    the one packet that a window cuts.
                    """)
            }
        }
    }

    static func everyRun(_ result: ComparisonResult) -> Element {
        Element(.details) {
            Element(.summary, "Every run (\(result.runs.count))")
            table(ofRuns: result).html
            Element(
                .p, class: "note",
                """
                Per path: IP bytes that arrived, both directions, and bytes dropped; packets that each link was \
                offered.
                """)
        }
    }

    private static func table(ofRuns result: ComparisonResult) -> HTMLTable {
        let paths = result.replay.traces.map(\.name)
        var table = HTMLTable(
            "Every run",
            headers: ["run", "MB", "Mb/s", "longest gap", "verified"] + paths.map { "\($0) MB, dropped" }
                + paths.map { "\($0) packets down, up" })
        for run in result.runs {
            var cells = [
                HTMLTable.Cell(text: run.delivered.megabytes.text(decimals: 2)),
                .init(text: run.goodput.megabitsPerSecond.text(decimals: 3)),
                .init(text: "\(run.longestGap.seconds.text(decimals: 2)) s"),
                .init(text: run.verified ? "yes" : "NO", isBad: !run.verified),
            ]
            cells += paths.map { name in
                let path = run.paths.first { $0.name == name }
                return .init(
                    text: path.map {
                        "\($0.wireBytes.megabytes.text(decimals: 2)), \($0.droppedBytes.megabytes.text(decimals: 2))"
                    } ?? "-")
            }
            cells += paths.map { name in .init(text: packets(run.paths.first { $0.name == name })) }
            table.add(run.id, cells)
        }
        return table
    }

    private static func packets(_ path: ComparisonResult.RunPath?) -> String {
        guard let down = path?.packetsDown, let up = path?.packetsUp else { return "-" }
        return "\(down), \(up)"
    }
}
