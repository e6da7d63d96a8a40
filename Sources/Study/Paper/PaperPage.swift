// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Reports
import Sweeps

/// paper.html: every figure and the table, with our results and the paper's claims side by side.
enum PaperPage {
    static func html(of results: PaperResults) -> String {
        Page.html(title: "Opportunistic Mobility with Multipath TCP, run again", walkback: results.walkback) {
            header(results)
            IndoorSection.html(of: results.indoor)
            Element(.h2, "Figure 2: an extract of a synthetic walk")
            Element(.figure) {
                TraceFigure.capacity(of: results.extract)
                Element(
                    .figcaption, "What each link could carry, mean over 1 s. WiFi 60 % of the time, 3G throughout.")
            }
            CoverageSection.html(of: results.walking, .walking)
            CoverageSection.html(of: results.driving, .driving)
            RadioSection.html(of: results.radios)
            EnergySection.html(table: results.table, driving: results.schedulers)
            FluidSection.html(walking: results.fluidWalking, driving: results.fluidDriving)
        }
    }

    private static func header(_ results: PaperResults) -> Element {
        let form =
            results.quick
            ? "This is the quick form: few and short walks, wide intervals. `make paper-full` runs the whole."
            : "This is the whole."
        return Element(.header) {
            Element(.p, class: "kicker", "Walkback")
            Element(.h1, "Opportunistic Mobility with Multipath TCP, run again on the real stack")
            Element(
                .p, class: "answer",
                """
                The evaluation of Raiciu, Niculescu, Bagnulo and Handley (MobiArch 2011), which was simulated, with \
                Linux \(results.walking.kernelRelease) in place of the simulator: every point is a run of the real \
                MPTCP and TCP, coupled by LIA as the paper\u{2019}s was.
                """)
            Element(
                .p, class: "trust",
                """
                \(form) Walks are synthetic and made after the paper\u{2019}s description; nothing is fitted to its \
                results but what is called table-fitted. All intervals are 95 %.
                """)
        }
    }

    static func table(of findings: [Finding]) -> Markup {
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
