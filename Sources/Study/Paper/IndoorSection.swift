// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Energy
import Reports
import Results
import Statistics

/// Figure 1 and the competition experiment.
enum IndoorSection {
    @MarkupBuilder static func html(of result: ComparisonResult) -> Markup {
        Element(.h2, "Figure 1: a walk through a building")
        Element(.figure) {
            Figure1.html(of: result)
            Element(.figcaption) {
                """
                Above: MPTCP and Optimal TCP. Below: what each link could carry. The paper\u{2019}s walk was recorded; \
                this one is synthetic, so the numbers need not agree. The walks of a collection of recorded traces are \
                compared with
                """
                " "
                Element(.code, "walkback compare")
                "."
            }
        }
        PaperPage.table(of: findings(of: result))
    }

    private static func findings(of result: ComparisonResult) -> [Finding] {
        let ratios = Sample(result.ratios.filter { $0.name == "mptcp/optimal" && $0.seed != nil }.compactMap(\.value))
        let competing = Sample(result.competitions.compactMap(\.ratio))
        return [
            Finding(
                "MPTCP moves 622 MB and Optimal TCP 554 MB: 1.12 times as much",
                here: "MPTCP over Optimal TCP: \(text(ratios))", verdict: Finding.verdict(ratios)),
            Finding(
                "beside a TCP on each link MPTCP has about 1.14 times what an Optimal TCP made of those has",
                here: "MPTCP over that Optimal TCP: \(text(competing))", verdict: Finding.verdict(competing)),
        ]
    }

    /// The samples are seeds of one walk.
    private static func text(_ sample: Sample) -> String {
        Finding.text(sample).replacing("walk", with: "seed") + ", one walk"
    }
}
