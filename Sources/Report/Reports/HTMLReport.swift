// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces

/// report.html: one page that needs no other file, with the answer first and the evidence after it.
package enum HTMLReport {
    package static func text(of result: ComparisonResult) -> String {
        let parts = result.byDirection
        // What both directions of a run share is shown once.
        let once = parts[0]
        return Page.html(
            title: "\(result.replay.name): MPTCP against Optimal TCP", walkback: result.environment.walkback
        ) {
            header(result)
            gates(result)
            for part in parts { figure(part) }
            for part in parts { totals(part) }
            ratios(result)
            handoffs(once)
            for part in parts { exchanges(part) }
            competition(result)
            energy(once)
            built(result)
            fidelity(result)
            method(result)
            environment(result)
            again(result)
            files(result)
            glossary
            everyRun(result)
        }
    }

    // MARK: The answer

    @MarkupBuilder static func header(_ result: ComparisonResult) -> Markup {
        let doubts = FidelitySummary.doubts(about: result)
        Element(.header) {
            Element(.p, class: "kicker", "Walkback")
            Element(.h1, what(result))
            Element(.p, class: "answer", HeadlineSentence.text(of: result))
            for sentence in HeadlineSentence.resolution(of: result) { Element(.p, class: "trust", sentence) }
            Element(.p, class: doubts.isEmpty ? "trust" : "trust bad", FidelitySummary(result).sentence)
            if !doubts.isEmpty {
                Element(.ul, class: "doubts") {
                    for doubt in doubts.prefix(8) { Element(.li, doubt) }
                    if doubts.count > 8 {
                        Element(.li, "and \(doubts.count - 8) more; comparison.json has them all.")
                    }
                }
            }
            if HeadlineSentence.seeds("mptcp/optimal", of: result) > 1 {
                Element(
                    .p, class: "trust",
                    """
                    The interval is over seeds: this one walk replayed again and again. It is not an interval over \
                    walks; another walk may well give another answer.
                    """)
            }
        }
    }

    /// "indoor-walk: download, 12 min, 2 paths, 10 seeds".
    private static func what(_ result: ComparisonResult) -> String {
        let seconds = result.replay.duration.seconds
        let length =
            seconds >= 120
            ? "\((seconds / 60).text(significantDigits: 3)) min" : "\(seconds.text(significantDigits: 3)) s"
        let seeds = Set(result.runs.map(\.seed)).count
        let paths = result.replay.traces.map(\.name).joined(separator: " and ")
        let transferred = result.replay.workload.kind.activity
        return "\(result.replay.name): \(transferred) over \(paths), \(length), \(seeds) seed\(seeds == 1 ? "" : "s")"
    }

    // MARK: Figure

    @MarkupBuilder private static func figure(_ result: ComparisonResult) -> Markup {
        let series = FigureSeries(result)
        let delays = TimeFigure.delays(of: result)
        let home = "walk-\(result.runs.first?.direction.rawValue ?? "down")"
        heading(result)
        Element(.figure) {
            Element(.div, class: "walk", ["id": home])
            Element(.div, class: "still") {
                SVG.both { Figure1.svg(series, of: result, layout: $0) }
                TimeFigure.bytes(of: result).html
                if let paths = TimeFigure.paths(of: result) { paths.html }
                if let delays { delays.html }
            }
            Element.data(
                verbatim: WalkData.json(of: result),
                ["type": "application/json", "class": "walk-data", "data-home": home])
            Element(.figcaption, caption(of: series, hasDelays: delays != nil))
        }
    }

    private static func caption(of series: FigureSeries, hasDelays: Bool) -> String {
        var caption = "Figure 1. Above: in-order application bytes of MPTCP"
        caption += series.optimal.isEmpty ? "" : " and of Optimal TCP"
        caption +=
            ", moving mean over \(series.smoothing.seconds.text()) s. Below: what each link could carry (shaded areas, "
        caption += "IP bytes, mean over \(series.step.seconds.text()) s)."
        if !series.choices.isEmpty {
            caption +=
                " The bar named \u{201C}Optimal on\u{201D} shows whose link Optimal TCP used in each window, in "
                + "that link's colour."
        }
        if series.paths.contains(where: { !$0.detached.isEmpty }) {
            caption += " Grey: a path was detached; its own bar below has a gap then."
        }
        caption +=
            " Dotted: a path was lost, gained, renumbered or moved to. Then the bytes delivered so far, and "
            + "what arrived "
        caption += "over each link, upon each other."
        if hasDelays {
            caption +=
                " Last, the sender's smoothed round-trip time on each path, with a gap where it had no connection over "
            caption += "it, and, dashed, how long a packet would have waited at the link for those before it."
        }
        if let seed = series.seed {
            caption +=
                series.isMedian ? " Shown is seed \(seed), whose ratio is the median one." : " Shown is seed \(seed)."
        }
        return caption
    }

    /// The direction of the figures that follow, if there are two.
    @MarkupBuilder private static func heading(_ result: ComparisonResult) -> Markup {
        if result.replay.workload.directions.count > 1, let direction = result.runs.first?.direction {
            Element(.h2, direction == .down ? "Downlink" : "Uplink")
        }
    }

    @MarkupBuilder private static func gates(_ result: ComparisonResult) -> Markup {
        if let sentence = GateTables.sentence(of: result) {
            Element(.h2, "Gates")
            Element(.p, sentence)
            GateTables.gates(of: result).html
        }
    }
}
