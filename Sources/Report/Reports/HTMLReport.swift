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
        func each(_ section: (ComparisonResult) -> String) -> String { parts.map(section).joined() }
        // What both directions of a run share is shown once.
        let once = parts[0]
        let sections = [
            header(result), gates(result), each(figure), each(totals), ratios(result), handoffs(once),
            each(exchanges), competition(result), energy(once), built(result), fidelity(result), method(result),
            environment(result), again(result), files(result), glossary, everyRun(result),
        ]
        return Page.html(
            title: "\(result.replay.name): MPTCP against Optimal TCP", walkback: result.environment.walkback,
            body: sections.joined())
    }

    // MARK: The answer

    static func header(_ result: ComparisonResult) -> String {
        let fidelity = FidelitySummary(result)
        let doubts = FidelitySummary.doubts(about: result)
        var html = "<header>\n<p class=\"kicker\">Walkback</p>\n<h1>\(Markup.escaped(what(result)))</h1>\n"
        html += "<p class=\"answer\">\(Markup.escaped(HeadlineSentence.text(of: result)))</p>\n"
        for sentence in HeadlineSentence.resolution(of: result) {
            html += "<p class=\"trust\">\(Markup.escaped(sentence))</p>\n"
        }
        html += "<p class=\"trust\(doubts.isEmpty ? "" : " bad")\">\(Markup.escaped(fidelity.sentence))</p>\n"
        if !doubts.isEmpty {
            html += "<ul class=\"doubts\">\n"
            html += doubts.prefix(8).map { "<li>\(Markup.escaped($0))</li>\n" }.joined()
            if doubts.count > 8 { html += "<li>and \(doubts.count - 8) more; comparison.json has them all.</li>\n" }
            html += "</ul>\n"
        }
        if HeadlineSentence.seeds("mptcp/optimal", of: result) > 1 {
            html += """
                <p class="trust">The interval is over seeds: this one walk replayed again and again. \
                It is not an interval over walks; another walk may well give another answer.</p>

                """
        }
        return html + "</header>\n"
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

    private static func figure(_ result: ComparisonResult) -> String {
        let series = FigureSeries(result)
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
        let delays = TimeFigure.delays(of: result)
        if delays != nil {
            caption +=
                " Last, the sender's smoothed round-trip time on each path, with a gap where it had no connection over "
            caption += "it, and, dashed, how long a packet would have waited at the link for those before it."
        }
        if let seed = series.seed {
            caption +=
                series.isMedian ? " Shown is seed \(seed), whose ratio is the median one." : " Shown is seed \(seed)."
        }
        let direction = result.runs.first?.direction.rawValue ?? "down"
        let stills =
            [Figure1.Layout.wide, .narrow].map { Figure1.svg(series, of: result, layout: $0, style: nil) }
            + [Figure1.Layout.wide, .narrow].map { TimeFigure.bytes(of: result).svg(layout: $0) }
            + [Figure1.Layout.wide, .narrow].compactMap { TimeFigure.paths(of: result)?.svg(layout: $0) }
            + [Figure1.Layout.wide, .narrow].compactMap { delays?.svg(layout: $0) }
        return heading(result) + """
            <figure>
            <div class="walk" id="walk-\(direction)"></div>
            <div class="still">
            \(stills.joined())</div>
            <script type="application/json" class="walk-data" data-home="walk-\(direction)">
            \(WalkData.text(of: result))</script>
            <figcaption>\(Markup.escaped(caption))</figcaption>
            </figure>

            """
    }

    /// The direction of the figures that follow, if there are two.
    static func heading(_ result: ComparisonResult) -> String {
        guard result.replay.workload.directions.count > 1, let direction = result.runs.first?.direction else {
            return ""
        }
        return "<h2>\(direction == .down ? "Downlink" : "Uplink")</h2>\n"
    }

    private static func gates(_ result: ComparisonResult) -> String {
        guard let sentence = GateTables.sentence(of: result) else { return "" }
        return "<h2>Gates</h2>\n<p>\(Markup.escaped(sentence))</p>\n" + GateTables.gates(of: result).html
    }

    // MARK: Words

    private static func again(_ result: ComparisonResult) -> String {
        """
        <h2>To repeat it</h2>
        <pre><code>\(Markup.escaped(result.command))</code></pre>
        <p class="note">In the directory that holds the replay, with walkback \
        \(Markup.escaped(result.environment.walkback)) on the PATH; as it was typed, and where, is in run.log. The \
        replay and its traces have the SHA-256 <code>\(result.replay.sha256)</code>. In virtual time the same replay, \
        seeds and kernel give the same bytes of comparison.json, series.csv and the figures on any machine.</p>

        """
    }

    /// The files next to the page, and how programs read them.
    private static func files(_ result: ComparisonResult) -> String {
        var table = HTMLTable("Files", headers: ["file", "what it holds"], textColumns: [1], isFacts: true)
        table.add("comparison.json", "every number of this page, for programs")
        table.add("series.csv", "every run, in steps of 100 ms")
        table.add("links.csv", "what each link offered over the walk")
        table.add("delays.csv", "every run's round-trip times and queues")
        for file in FigureFiles.all(of: result) {
            table.add("\(file.name).svg, \(file.name).csv", file.what)
        }
        table.add("junit.xml, summary.md", "the gates for CI systems, and a comment for a pull request")
        return "<h2>Files beside this page</h2>\n" + table.html
            + "<p class=\"note\">To load one: <code>\(Markup.escaped(FigureFiles.python("figure1")))</code> in Python, "
            + "<code>\(Markup.escaped(FigureFiles.r("figure1")))</code> in R.</p>\n"
    }

    private static func method(_ result: ComparisonResult) -> String {
        let window = result.oracles.first.map { "\($0.window.seconds.text()) s" } ?? "oracle window"
        return """
            <h2>How it was measured</h2>
            <p>Each run is one real connection of the Linux kernel named above, between a server and a mobile host, \
            over links that follow the walk's recorded capacity, delay and attachment packet by packet. Every \
            delivered byte is compared with the byte that was sent. Time counts from the first SYN. MB are \
            10<sup>6</sup> in-order application bytes.</p>
            <p>Optimal TCP is spliced from measured TCP runs, one over each path alone: in every \(window) it takes \
            the bytes of the path that delivered more, and pays nothing for knowing or switching. Windows are shifted \
            by whole seconds and averaged. Each path is carried by one TCP for the whole run, the stalled or the \
            reconnecting one, whichever makes Optimal TCP strongest.</p>
            <p>Built Optimal TCP is one more real connection: it has a home address, and at the beginning of every \
            window both ends of it move to the path whose trace carries most in that window. The headline is against \
            whichever of the two, spliced or built, delivered more.</p>
            <p>A seed draws the kernel's random numbers, the payload, where in its first second the walk is entered, \
            and up to 1 ms of extra delay. Ratios are taken within a seed, then averaged; intervals are Student's t, \
            95 %, whatever the number of seeds.</p>

            """
    }

    private static let glossary = """
        <h2>Words</h2>
        <dl>
        <dt>Longest gap</dt><dd>The longest time without a new byte for the application in a run, the waits for \
        the first byte and after the last one included: its mean and its maximum over the seeds.</dd>
        <dt>Stalled, reconnecting</dt><dd>A TCP left to the kernel sits out an outage and then its own backoff; one \
        that reconnects resumes on a new connection as soon as the path is back.</dd>
        <dt>Seed</dt><dd>One of the many ways in which the same walk could have gone: see above.</dd>
        <dt>Interval</dt><dd>Where the mean lies with 95 % confidence; cut at zero for what cannot be negative.</dd>
        <dt>Hand-off</dt><dd>A path comes, goes, or gets another address while the connection goes on.</dd>
        <dt>Capacity</dt><dd>What the links would have carried had they never been idle, counted in full-size segments \
        (1448 bytes of every 1500). It bounds the walk, not a protocol.</dd>
        <dt>Backlogged window</dt><dd>A time during which the link always had something to send, so that what arrived \
        must equal what the trace says.</dd>
        <dt>Attached</dt><dd>The path's address can be used. A link may be attached and still carry nothing.</dd>
        </dl>

        """
}
