// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Reports
import Statistics

/// A sweep's report.html: its curves, its table, the failures, and the command that repeats it.
package enum SweepReport {
    package static func html(of result: SweepResult) -> String {
        Page.html(title: "\(result.identity.name): a sweep", walkback: result.identity.walkback) {
            Element(.header) {
                Element(.p, class: "kicker", "Walkback sweep")
                Element(.h1, result.title)
            }
            curves(of: result)
            Element(.h2, "Every point")
            table(of: result)
            if let note = SweepGains.whyNoRatio(result) { Element(.p, note) }
            doubts(of: result)
            Element(.h2, "What was run")
            Element(.pre, result.identity.definition)
            Element(.h2, "Again")
            Element(.pre, result.identity.command)
            Element(.p, "\(engine(of: result)). sweep.csv has a row for every run.")
        }
    }

    /// Both figures; nothing if the sweep has no curves.
    @MarkupBuilder package static func curves(of result: SweepResult) -> Markup {
        if let figures = SweepFigures(result) {
            figure(figures.goodput, caption: goodputCaption(of: result))
            figure(figures.gain, caption: gainCaption)
        }
    }

    private static func figure(_ figure: GridFigure, caption: String) -> Element {
        Element(.figure) {
            figure.html
            Element(.figcaption, caption)
        }
    }

    private static func engine(of result: SweepResult) -> String {
        let patches = result.identity.kernelPatches.count
        let kernel = "Linux \(result.identity.kernelRelease) with \(patches) patch\(patches == 1 ? "" : "es") of ours"
        return result.identity.kernelRelease.isEmpty ? "The fluid engine" : kernel
    }

    private static func goodputCaption(of result: SweepResult) -> String {
        "Goodput, the mean over \(result.walks) walk\(result.walks == 1 ? "" : "s"). Upright lines: "
            + "Student\u{2019}s 95 % interval "
            + "over walks. Optimal TCP is the strongest of those that were run or spliced, walk by walk."
    }

    private static let gainCaption =
        "The same over Optimal TCP\u{2019}s on the same walk: the mean over walks of each walk\u{2019}s ratio, "
        + "with its 95 % "
        + "interval. At 1 a strategy does what Optimal TCP does."

    package static func table(of result: SweepResult) -> Markup {
        let columns = SweepGains.columns(of: result)
        var table = HTMLTable(
            "Goodput and ratio of every strategy at every point",
            headers: ["point", "strategy", "walks", "Mb/s", "to Optimal TCP", "95 % over walks"], textColumns: [1],
            isSortable: true)
        for gains in SweepGains.all(of: result) {
            let point = zip(columns, gains.point).map { "\(SweepFigures.words($0)) \($1)" }.joined(separator: "; ")
            table.add(
                point, SweepFigures.name(gains.strategy), "\(gains.goodput.count)",
                Sample(gains.goodput).mean?.text(decimals: 3) ?? "-", gains.mean?.text(decimals: 3) ?? "-",
                gains.interval.map { "\($0.low.text(decimals: 3)) to \($0.high.text(decimals: 3))" } ?? "-")
        }
        return table.html
    }

    @MarkupBuilder private static func doubts(of result: SweepResult) -> Markup {
        let doubts = result.doubts
        if result.identity.engine != SweepEngine.Name.kernel.rawValue {
            Element(
                .p, class: "trust bad",
                """
                These are of a model and not of the real stack. Single paths come within a per cent in most cells; \
                nothing said of MPTCP is supported (Documentation/fluid-engine.md).
                """)
        } else if doubts.isEmpty {
            Element(.p, class: "trust", "Every byte was verified, and every link did what its trace says.")
        } else {
            Element(.h2, "Not trustworthy")
            Element(.ul, class: "doubts") {
                for doubt in doubts.prefix(50) { Element(.li, doubt) }
            }
        }
    }
}

extension SweepResult {
    /// "fig3: 220 cells, 1100 runs".
    var title: String {
        "\(identity.name): \(rows.count) cells, \(rows.joined().count { $0.kind == .run }) runs"
    }

    package var kernelRelease: String { identity.kernelRelease }

    /// Strategies in order of their first occurrence.
    package var strategies: [String] {
        rows.joined().filter { $0.kind == .run }.reduce(into: []) { found, row in
            if !found.contains(row.strategy) { found.append(row.strategy) }
        }
    }

    /// The number of walks at each point.
    package var walks: Int {
        zip(identity.values, identity.isWalk).filter { $1 }.map(\.0.count).reduce(1, *)
    }

    /// One sentence for each run that cannot be trusted.
    package var doubts: [String] {
        rows.enumerated().flatMap { index, rows in
            rows.filter(\.isDoubtful).map { row in
                let point = zip(identity.columns, identity.values(of: index)).map { "\($0) \($1)" }
                let cause =
                    row.failure
                    ?? (row.verified == false
                        ? "not every byte was verified" : "\(row.violations ?? 0) windows differ from the trace")
                return "\(point.joined(separator: ", ")), \(row.strategy), seed \(row.seed): \(cause)"
            }
        }
    }
}
