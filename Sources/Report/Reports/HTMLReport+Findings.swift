// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Verification

/// Sections that a result has only if they were asked for.
extension HTMLReport {
    @MarkupBuilder static func built(_ result: ComparisonResult) -> Markup {
        if !result.builtWindows.isEmpty {
            let seed = FigureSeries.shownSeed(of: result)
            let windows = BuiltTables.windows(of: result, seed: seed)
            let shown = seed.map { " of seed \($0)" } ?? ""
            Element(.h2, "Where built Optimal TCP's bytes went")
            Element(.p, BuiltTables.sentence(of: result) ?? "")
            whatSwitchingCosts
            Element(.figure) {
                SVG.both { BuiltFigure.svg(of: result, seed: seed, layout: $0) }
                Element(
                    .figcaption,
                    """
                    Figure 3. Spliced less built Optimal TCP in each of the oracle's windows\(shown); above zero the \
                    built one delivered less.
                    """)
            }
            BuiltTables.causes(of: result).html
            Element(
                .p, class: "note",
                """
                Windows as the built oracle has them, not shifted; means over seeds. A window counts once, under the \
                first that holds. Path away or silent: the path was detached for a part of it, or the application got \
                nothing for 0.5 s and more while the link stood idle and could have carried: a retransmission timer \
                that has backed off. After a switch: the home address moved at its beginning or within it. Another \
                path chosen: the oracle goes by the traces' capacity, the splice by what TCP delivered.
                """)
            Element(.details) {
                Element(.summary, "Every window\(shown) (\(windows.rows.count))")
                windows.html
            }
        }
    }

    private static var whatSwitchingCosts: Element {
        Element(.p) {
            """
            The spliced Optimal TCP switches for nothing: each path's own TCP runs on while it is not chosen, so its \
            congestion window stays open and its queue full, and the splice takes both over at the switch. The one \
            connection that was built has three things to pay.
            """
            for (cost, reason) in costsOfSwitching {
                " "
                Element(.b, "\(cost):")
                " \(reason)"
            }
            """
             In single windows it may have the better of the splice: what was left behind arrives in the window after \
            the switch, and it is not backed off where the path's own TCP still is, after an outage that it spent \
            elsewhere.
            """
        }
    }

    private static let costsOfSwitching: [(String, String)] = [
        (
            "Slow start",
            """
            its window and its acknowledgements' pace are the old path's; on a faster path it must grow first, on a \
            slower one it overruns the queue and loses.
            """
        ),
        (
            "Another round-trip time",
            """
            packets that went out on the slower path arrive after later ones on the faster; the receiver's duplicate \
            acknowledgements look like loss, so TCP resends what was not lost and halves its window, and a \
            retransmission timer tuned to the short path fires too early on the long one.
            """
        ),
        (
            "The queue left behind",
            """
            what waits on the old path at the switch still arrives there, late, or is lost when that path goes away.
            """
        ),
    ]

    @MarkupBuilder static func competition(_ result: ComparisonResult) -> Markup {
        if let sentence = CompetitionTables.sentence(of: result) {
            Element(.h2, "Competition")
            Element(.p, sentence)
            CompetitionTables.flows(of: result).html
            Element(
                .p, class: "note",
                """
                One MPTCP connection and a TCP on every path at once, over the same links. Its subflows are not \
                coupled unless the congestion control says so, so on each path it may take as much as the TCP there. \
                Optimal TCP here takes in every window the bytes of the TCP that delivered more, as the paper computes \
                it.
                """)
        }
    }

    @MarkupBuilder static func energy(_ result: ComparisonResult) -> Markup {
        let table = EnergyTables.models(of: result)
        if !table.isEmpty {
            Element(.h2, "Energy")
            if let caution = EnergyTables.caution(of: result) { Element(.p, caution) }
            table.html
            Element(
                .p, class: "note",
                """
                Means over seeds. Joules of all radios from the first SYN to the run's end; Mb/J: application megabits \
                for one of them.
                """)
            EnergyTables.paper.html
            Element(
                .p, class: "note",
                """
                For reference only: the paper's numbers are of another walk, with both networks everywhere, and of a \
                simulator. The models were made from its first two rows, so that TCP gives 1.16 Mb/J over 3G and 1.44 \
                over WiFi at those rates is calibration and no result.
                """)
        }
    }

    @MarkupBuilder static func exchanges(_ result: ComparisonResult) -> Markup {
        let table = ExchangeTables.times(of: result)
        if !table.isEmpty {
            let kind = result.replay.workload.kind
            let deadline = kind.lateAfter.map { deadline in
                " Too late: not complete \(deadline.milliseconds.text()) ms after \(kind.deadlineStart)."
            }
            Element(.h2, "Completion times")
            Element(.figure) {
                SVG.both { ExchangeFigure.svg(of: result, layout: $0) }
                Element(
                    .figcaption,
                    "Share of \(ExchangeTables.noun(of: result)) complete within a time, all seeds together.")
            }
            table.html
            Element(
                .p, class: "note",
                """
                All seeds together. What was not complete when its run ended counts as longer than it had taken until \
                then; a dash: the runs did not last long enough to say.\(deadline ?? "")
                """)
        }
    }

    @MarkupBuilder static func handoffs(_ result: ComparisonResult) -> Markup {
        let table = HandoffTables.grouped(of: result)
        if !table.isEmpty {
            let events = HandoffTables.events(of: result)
            Element(.h2, "Hand-offs")
            table.html
            Element(
                .p, class: "note",
                """
                Lost: the radio of a path in use has gone. Gained: a path has come, or come back. Renumbered: the path \
                has another address. Moved: the home address has moved. Longest gap: the longest time without a byte \
                for the application that the event falls into, or that begins after it; its mean and its maximum over \
                the events. First byte: the time until payload arrives over a path that was not in use. Carries again: \
                the time until a path that came back carries payload. Stranded: the bytes that waited on the other \
                paths when a path came. All but the maximum are means; where not all events have a value, the table \
                says how many do.
                """)
            Element(.details) {
                Element(.summary, "Every hand-off (\(events.rows.count { $0.style != .group }))")
                events.html
                Element(
                    .p, class: "note", "Means over the seeds that have it; times since the first SYN.")
            }
        }
    }
}
