// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Reports
import Statistics

/// A sweep's report.html: its curves, its table, the failures, and the command that repeats it.
package enum SweepReport {
    package static func html(of result: SweepResult) -> String {
        var body =
            "<header>\n<p class=\"kicker\">Walkback sweep</p>\n<h1>\(Markup.escaped(result.title))</h1>\n</header>\n"
        if let figures = SweepFigures(result) {
            body += figure(figures.goodput, caption: goodputCaption(of: result))
            body += figure(figures.gain, caption: gainCaption)
        }
        body += "<h2>Every point</h2>\n" + table(of: result)
        if let note = SweepGains.whyNoRatio(result) { body += "<p>\(Markup.escaped(note))</p>\n" }
        body += doubts(of: result)
        body += "<h2>What was run</h2>\n<pre>\(Markup.escaped(result.identity.definition))</pre>\n"
        body += "<h2>Again</h2>\n<pre>\(Markup.escaped(result.identity.command))</pre>\n"
        let patches = result.identity.kernelPatches.count
        let kernel = "Linux \(result.identity.kernelRelease) with \(patches) patch\(patches == 1 ? "" : "es") of ours"
        let engine = result.identity.kernelRelease.isEmpty ? "The fluid engine" : kernel
        body += "<p>\(Markup.escaped(engine)). sweep.csv has a row for every run.</p>\n"
        return Page.html(
            title: "\(result.identity.name): a sweep", walkback: result.identity.walkback, body: body)
    }

    package static func figure(_ figure: GridFigure, caption: String) -> String {
        "<figure>\n\(figure.html)<figcaption>\(Markup.escaped(caption))</figcaption>\n</figure>\n"
    }

    package static func goodputCaption(of result: SweepResult) -> String {
        "Goodput, the mean over \(result.walks) walk\(result.walks == 1 ? "" : "s"). Upright lines: "
            + "Student\u{2019}s 95 % interval "
            + "over walks. Optimal TCP is the strongest of those that were run or spliced, walk by walk."
    }

    package static let gainCaption =
        "The same over Optimal TCP\u{2019}s on the same walk: the mean over walks of each walk\u{2019}s ratio, "
        + "with its 95 % "
        + "interval. At 1 a strategy does what Optimal TCP does."

    package static func table(of result: SweepResult) -> String {
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

    private static func doubts(of result: SweepResult) -> String {
        let doubts = result.doubts
        guard result.identity.engine == SweepEngine.Name.kernel.rawValue else {
            return """
                <p class="trust bad">These are of a model and not of the real stack. Single paths come within a per \
                cent in most cells; nothing said of MPTCP is supported (Documentation/fluid-engine.md).</p>

                """
        }
        guard !doubts.isEmpty else {
            return "<p class=\"trust\">Every byte was verified, and every link did what its trace says.</p>\n"
        }
        return "<h2>Not trustworthy</h2>\n<ul class=\"doubts\">\n"
            + doubts.prefix(50).map { "<li>\(Markup.escaped($0))</li>\n" }.joined() + "</ul>\n"
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
