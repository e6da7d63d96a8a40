// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Reports
import Sweeps

/// paper.html: every figure and the table, with our results and the paper's claims side by side.
enum PaperPage {
    static func html(of results: PaperResults) -> String {
        let body =
            header(results) + IndoorSection.html(of: results.indoor)
            + "<h2>Figure 2: an extract of a synthetic "
            + "walk</h2>\n<figure>\n\(TraceFigure.capacity(of: results.extract))"
            + "<figcaption>What each link could carry, mean over 1 s. WiFi 60 % of the time, 3G "
            + "throughout.</figcaption>\n</figure>\n"
            + CoverageSection.html(of: results.walking, .walking) + CoverageSection.html(of: results.driving, .driving)
            + RadioSection.html(of: results.radios)
            + EnergySection.html(table: results.table, driving: results.schedulers)
            + FluidSection.html(walking: results.fluidWalking, driving: results.fluidDriving)
        return Page.html(
            title: "Opportunistic Mobility with Multipath TCP, run again", walkback: results.walkback, body: body)
    }

    private static func header(_ results: PaperResults) -> String {
        let form =
            results.quick
            ? "This is the quick form: few and short walks, wide intervals. `make paper-full` runs the whole."
            : "This is the whole."
        return """
            <header>
            <p class="kicker">Walkback</p>
            <h1>Opportunistic Mobility with Multipath TCP, run again on the real stack</h1>
            <p class="answer">The evaluation of Raiciu, Niculescu, Bagnulo and Handley (MobiArch 2011), which was \
            simulated, with Linux \(Markup.escaped(results.walking.kernelRelease)) in place of the simulator: every \
            point is a run of the real MPTCP and TCP, coupled by LIA as the paper\u{2019}s was.</p>
            <p class="trust">\(Markup.escaped(form)) Walks are synthetic and made after the paper\u{2019}s \
            description; nothing is fitted to its results but what is called table-fitted. All intervals are 95 %.</p>
            </header>

            """
    }

    static func table(of findings: [Finding]) -> String {
        var table = HTMLTable(
            "The paper's claims and what our runs say", headers: ["the paper", "verdict", "here"], textColumns: [1, 2],
            isWords: true)
        for finding in findings {
            let verdict = HTMLTable.Cell(text: finding.verdict.rawValue, isBad: finding.verdict == .disagrees)
            table.add(finding.claim, [verdict, .init(text: finding.here)])
        }
        return table.html
    }
}
