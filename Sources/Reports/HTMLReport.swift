import Runs
import Units

/// report.html: one page that needs nothing beside itself, with the answer first and the evidence after it.
package enum HTMLReport {
    package static func text(of result: ComparisonResult) -> String {
        let sections = [
            header(result), figure(result), totals(result), ratios(result), built(result), competition(result),
            energy(result), exchanges(result), handoffs(result), fidelity(result), environment(result),
            again(result), method(result), glossary, everyRun(result),
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
        let transferred =
            switch result.replay.workload.kind {
            case .both: "download and upload at once"
            case let kind: kind.rawValue
            }
        return "\(result.replay.name): \(transferred) over \(paths), \(length), \(seeds) seed\(seeds == 1 ? "" : "s")"
    }

    // MARK: Figure

    private static func figure(_ result: ComparisonResult) -> String {
        let series = FigureSeries(result)
        var caption = "Figure 1. Above: in-order application bytes of MPTCP"
        caption += series.optimal.isEmpty ? "" : " and of Optimal TCP"
        caption +=
            ", moving mean over \(series.smoothing.seconds.text()) s. Below: what each link could carry (shaded areas, "
        caption +=
            "IP bytes, mean over \(series.step.seconds.text()) s) and what TCP alone on it delivered (lines, moving mean "
        caption += "over \(series.smoothing.seconds.text()) s)."
        if !series.choices.isEmpty {
            caption +=
                " The bar named \u{201C}Optimal on\u{201D} shows whose link Optimal TCP used in each window, in that link's colour."
        }
        if series.paths.contains(where: { !$0.detached.isEmpty }) {
            caption += " Grey: a path was detached; its own bar below has a gap then."
        }
        if let seed = series.seed {
            caption +=
                series.isMedian ? " Shown is seed \(seed), whose ratio is the median one." : " Shown is seed \(seed)."
        }
        return "<figure>\n" + Figure1.svg(series, of: result, layout: .wide, style: nil)
            + Figure1.svg(series, of: result, layout: .narrow, style: nil)
            + "<figcaption>\(Markup.escaped(caption))</figcaption>\n</figure>\n"
    }

    // MARK: Words

    private static func again(_ result: ComparisonResult) -> String {
        """
        <h2>To repeat it</h2>
        <pre><code>\(Markup.escaped(result.command))</code></pre>
        <p class="note">In virtual time the same replay, seeds and kernel give the same bytes of comparison.json, series.csv \
        and figure1.svg on any machine.</p>

        """
    }

    private static func method(_ result: ComparisonResult) -> String {
        let window = result.oracles.first.map { "\($0.window.seconds.text()) s" } ?? "oracle window"
        return """
            <h2>How it was measured</h2>
            <p>Each run is one real connection of the Linux kernel named above, between a server and a mobile host, over links \
            that follow the walk's recorded capacity, delay and attachment packet by packet. Every delivered byte is compared with \
            the byte that was sent. Time counts from the first SYN. MB are 10<sup>6</sup> in-order application bytes.</p>
            <p>Optimal TCP is spliced from measured TCP runs, one over each path alone: in every \(window) it takes the \
            bytes of the path that delivered more, and pays nothing for knowing or switching. Windows are shifted by whole seconds \
            and averaged. Each path is carried by one TCP for the whole run, the stalled or the reconnecting one, whichever \
            makes Optimal TCP strongest.</p>
            <p>Built Optimal TCP is one more real connection: it has a home address, and at the beginning of every window both \
            ends of it move to the path whose trace carries most in that window. The headline is against whichever of the two, \
            spliced or built, delivered more.</p>
            <p>A seed draws the kernel's random numbers, the payload, where in its first second the walk is entered, and up to \
            1 ms of extra delay. Ratios are taken within a seed, then averaged; intervals are Student's t, 95 %, whatever the \
            number of seeds.</p>

            """
    }

    private static let glossary = """
        <h2>Words</h2>
        <dl>
        <dt>Longest gap</dt><dd>The longest time without a new byte for the application in any of the seeds, the wait for \
        the first byte and after the last one included.</dd>
        <dt>Stalled, reconnecting</dt><dd>A TCP left to the kernel sits out an outage and then its own backoff; one that \
        reconnects resumes on a new connection as soon as the path is back.</dd>
        <dt>Capacity</dt><dd>What the links would have carried had they never been idle, counted in full-size segments \
        (1448 bytes of every 1500). It bounds the walk, not a protocol.</dd>
        <dt>Backlogged window</dt><dd>A time during which the link always had something to send, so that what arrived must \
        equal what the trace says.</dd>
        <dt>Attached</dt><dd>The path's address can be used. A link may be attached and still carry nothing.</dd>
        </dl>

        """
}
