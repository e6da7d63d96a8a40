// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Verification

/// Sections that a result has only if they were asked for.
extension HTMLReport {
    static func built(_ result: ComparisonResult) -> String {
        guard !result.builtWindows.isEmpty else { return "" }
        let seed = FigureSeries.shownSeed(of: result)
        let windows = BuiltTables.windows(of: result, seed: seed)
        let shown = seed.map { " of seed \($0)" } ?? ""
        return """
            <h2>Where built Optimal TCP's bytes went</h2>
            <p>\(Markup.escaped(BuiltTables.sentence(of: result) ?? ""))</p>
            <p>The spliced Optimal TCP switches for nothing: each path's own TCP runs on while it is not chosen, so \
            its congestion window stays open and its queue full, and the splice takes both over at the switch. The one \
            connection that was built has three things to pay. <b>Slow start:</b> its window and its acknowledgements' \
            pace are the old path's; on a faster path it must grow first, on a slower one it overruns the queue and \
            loses. <b>Another round-trip time:</b> packets that went out on the slower path arrive after later ones on \
            the faster; the receiver's duplicate acknowledgements look like loss, so TCP resends what was not lost and \
            halves its window, and a retransmission timer tuned to the short path fires too early on the long one. \
            <b>The queue left behind:</b> what waits on the old path at the switch still arrives there, late, or is \
            lost when that path goes away. In single windows it may have the better of the splice: what was left \
            behind arrives in the window after the switch, and it is not backed off where the path's own TCP still is, \
            after an outage that it spent elsewhere.</p>
            <figure>
            \(BuiltFigure.svg(of: result, seed: seed, layout: .wide))\
            \(BuiltFigure.svg(of: result, seed: seed, layout: .narrow))\
            <figcaption>Figure 3. Spliced less built Optimal TCP in each of the oracle's windows\(shown); above zero \
            the built one delivered less.</figcaption>
            </figure>
            \(BuiltTables.causes(of: result).html)\
            <p class="note">Windows as the built oracle has them, not shifted; means over seeds. A window counts once, \
            under the first that holds. Path away or silent: the path was detached for a part of it, or the \
            application got nothing for 0.5 s and more while the link stood idle and could have carried: a \
            retransmission timer that has backed off. After a switch: the home address moved at its beginning or \
            within it. Another path chosen: the oracle goes by the traces' capacity, the splice by what TCP \
            delivered.</p>
            <details>
            <summary>Every window\(shown) (\(windows.rows.count))</summary>
            \(windows.html)</details>

            """
    }

    static func competition(_ result: ComparisonResult) -> String {
        guard let sentence = CompetitionTables.sentence(of: result) else { return "" }
        return """
            <h2>Competition</h2>
            <p>\(Markup.escaped(sentence))</p>
            \(CompetitionTables.flows(of: result).html)\
            <p class="note">One MPTCP connection and a TCP on every path at once, over the same links. Its subflows \
            are not coupled unless the congestion control says so, so on each path it may take as much as the TCP \
            there. Optimal TCP here takes in every window the bytes of the TCP that delivered more, as the paper \
            computes it.</p>

            """
    }

    static func energy(_ result: ComparisonResult) -> String {
        let table = EnergyTables.models(of: result)
        guard !table.isEmpty else { return "" }
        let caution = EnergyTables.caution(of: result).map { "<p>\(Markup.escaped($0))</p>\n" } ?? ""
        return """
            <h2>Energy</h2>
            \(caution)\(table.html)\
            <p class="note">Means over seeds. Joules of all radios from the first SYN to the run's end; Mb/J: \
            application megabits for one of them.</p>
            \(EnergyTables.paper.html)\
            <p class="note">For reference only: the paper's numbers are of another walk, with both networks \
            everywhere, and of a simulator. The models were made from its first two rows, so that TCP gives 1.16 Mb/J \
            over 3G and 1.44 over WiFi at those rates is calibration and no result.</p>

            """
    }

    static func exchanges(_ result: ComparisonResult) -> String {
        let table = ExchangeTables.times(of: result)
        guard !table.isEmpty else { return "" }
        let kind = result.replay.workload.kind
        let deadline = kind.lateAfter.map { deadline in
            " Too late: not complete \(deadline.milliseconds.text()) ms after \(Markup.escaped(kind.deadlineStart))."
        }
        return """
            <h2>Completion times</h2>
            <figure>
            \(ExchangeFigure.svg(of: result, layout: .wide))\(ExchangeFigure.svg(of: result, layout: .narrow))\
            <figcaption>Share of \(ExchangeTables.noun(of: result)) complete within a time, all seeds \
            together.</figcaption>
            </figure>
            \(table.html)\
            <p class="note">All seeds together. What was not complete when its run ended counts as longer than it had \
            taken until then; a dash: the runs did not last long enough to say.\(deadline ?? "")</p>

            """
    }

    static func handoffs(_ result: ComparisonResult) -> String {
        let table = HandoffTables.grouped(of: result)
        guard !table.isEmpty else { return "" }
        let events = HandoffTables.events(of: result)
        return """
            <h2>Hand-offs</h2>
            \(table.html)\
            <p class="note">Lost: the radio of a path in use has gone. Gained: a path has come, or come back. \
            Renumbered: the path has another address. Moved: the home address has moved. Longest gap: the longest time \
            without a byte for the application that the event falls into, or that begins after it; its mean and its \
            maximum over the events. First byte: the time until payload arrives over a path that was not in use. \
            Carries again: the time until a path that came back carries payload. Stranded: the bytes that waited on \
            the other paths when a path came. All but the maximum are means; where not all events have a value, the \
            table says how many do.</p>
            <details>
            <summary>Every hand-off (\(events.rows.count { $0.style != .group }))</summary>
            \(events.html)<p class="note">Means over the seeds that have it; times since the first SYN.</p>
            </details>

            """
    }
}
