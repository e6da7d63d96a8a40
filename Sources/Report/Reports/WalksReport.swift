// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results

/// The files next to the results of several walks (walks.json, walks.md, walks.html), and the table.
package enum WalksReport {
    package static let schema = "walkback.walks/2"

    package static func json(of result: WalksResult) -> JSON {
        .object([
            "schema": .string(schema), "command": .string(result.command),
            "headline": .string(WalksTables.sentence(of: result)),
            "environment": .object([
                "walkback": .string(result.walkback), "kernel": .object(["release": .string(result.kernelRelease)]),
            ]),
            "walks": .array(
                result.walks.map { walk in
                    .object([
                        "directory": .string(walk.directory), "headline": .string(walk.headline),
                        "replay": .object([
                            "name": .string(walk.replay), "sha256": .string(walk.sha256),
                            "duration_s": .number(walk.duration.seconds),
                        ]),
                        "seeds": .integer(Int64(walk.seeds)), "trustworthy": .bool(walk.isTrustworthy),
                        "mptcp_mbps": .optional(walk.goodput?.megabitsPerSecond),
                        "mptcp_longest_gap_s": .optional(walk.longestGap?.seconds),
                        "gates": .array(walk.gates.map(ComparisonDocument.gate)),
                        "ratios": .array(walk.ratios.map { .object(ComparisonDocument.statistics($0)) }),
                    ])
                }),
            "overall": .array(
                result.overall.map { overall in
                    .object(
                        ComparisonDocument.statistics(overall.ratio).merging([
                            "walks": .integer(Int64(overall.walks))
                        ]) { $1 })
                }),
        ])
    }

    package static func text(of result: WalksResult) -> String {
        [
            ([WalksTables.sentence(of: result)] + WalksTables.resolution(of: result)).joined(separator: "\n") + "\n",
            WalksTables.walks(of: result).text, WalksTables.gates(of: result).text,
            WalksTables.overall(of: result).text,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    package static func markdown(of result: WalksResult) -> String {
        [
            "### Walkback: \(Wording.count(result.walks.count, "walk"))\n",
            "**\(Markup.markdown(WalksTables.sentence(of: result)))**\n",
            WalksTables.resolution(of: result).map { "\(Markup.markdown($0))\n" }.joined(),
            WalksTables.walks(of: result).markdown,
            WalksTables.gates(of: result).markdown, "\(WalksTables.note)\n", WalksTables.overall(of: result).markdown,
            WalksTables.matrix(of: result).markdown,
            "Linux \(Markup.markdown(result.kernelRelease)), walkback \(Markup.markdown(result.walkback)). "
                + "To repeat it:\n",
            Markup.markdownCode(result.command),
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    package static func html(of result: WalksResult) -> String {
        let count = Wording.count(result.walks.count, "walk")
        let overall = WalksTables.overall(of: result)
        let missed = WalksTables.gates(of: result)
        return Page.html(title: "\(count): MPTCP against Optimal TCP", walkback: result.walkback) {
            Element(.header) {
                Element(.p, class: "kicker", "Walkback")
                Element(.h1, count)
                Element(.p, class: "answer", WalksTables.sentence(of: result))
                for sentence in WalksTables.resolution(of: result) { Element(.p, class: "trust", sentence) }
                Element(.p, class: "trust", WalksTables.note)
            }
            figure(result)
            Element(.h2, "Walks")
            WalksTables.walks(of: result).html(isSortable: true)
            if !missed.isEmpty {
                Element(.h2, "Gates that were not met")
                missed.html
            }
            if !overall.isEmpty {
                Element(.h2, "Every ratio over all walks")
                overall.html
            }
            Element(.h2, "Every walk")
            WalksTables.matrix(of: result).html
            Element(.ul) {
                for walk in result.walks {
                    Element(.li) {
                        Element(.a, ["href": "\(Markup.address(walk.directory))/report.html"], walk.directory)
                        ": \(walk.headline)"
                    }
                }
            }
            Element(.h2, "To repeat it")
            Element(.pre) { Element(.code, result.command) }
            Element(.p, class: "note", "Linux \(result.kernelRelease), walkback \(result.walkback).")
        }
    }

    /// A forest plot; nothing if no walk has the ratio.
    @MarkupBuilder private static func figure(_ result: WalksResult) -> Markup {
        if result.walks.contains(where: { $0.ratio(WalksTables.headline)?.value != nil }) {
            Element(.figure) {
                SVG.both { WalksFigure.svg(of: result, layout: $0) }
                Element(
                    .figcaption,
                    """
                    MPTCP against Optimal TCP. Dots: each walk's mean over its seeds, lines: 95 % over its seeds; at \
                    the foot the mean of the walks with 95 % over walks.
                    """)
            }
        }
    }

    /// walks.svg and walks.csv: the forest plot and its numbers.
    package static func figureFiles(of result: WalksResult) -> [(name: String, text: String)] {
        let rows = result.walks.flatMap { walk in
            walk.ratios.map { ratio in
                let numbers = [ratio.value, ratio.low, ratio.high].map { $0?.text() ?? "" }
                let name = "\(CSVField.quoted(walk.directory)),\(CSVField.text(ratio.name))"
                return "\(name),\(numbers.joined(separator: ",")),\(walk.seeds)\n"
            }
        }
        let csv =
            "# Python: \(FigureFiles.python("walks"))\n# R: \(FigureFiles.r("walks"))\nwalk,ratio,mean,low,high,seeds\n"
        return [
            ("walks.svg", WalksFigure.svg(of: result, layout: .wide).file),
            ("walks.csv", csv + rows.joined()),
        ]
    }
}
