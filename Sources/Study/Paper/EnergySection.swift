// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Radios
import Reports
import Statistics
import Sweeps

/// The energy table under the three models for one phone, and how a scheduler performs in a car.
enum EnergySection {
    /// The alternative models for one phone: a claim on which they disagree is not supported.
    static let models = [EnergyModel.hybrid, .rateLinear, .constant].map(\.name)

    /// The paper's table.
    private static let published = [
        "tcp-cellular": ("1.16", "1.24"), "tcp-wifi": ("1.44", "1.55"), "mptcp": ("1.30", "2.79"),
        "mptcp-energy": ("1.55", "2.37"),
    ]

    @MarkupBuilder static func html(table: SweepResult, driving: SweepResult) -> Markup {
        Element(.h2, "The energy table: walking, both networks everywhere")
        for (point, _) in table.points {
            let isFitted = point.contains("table-fitted")
            Element(.h3, isFitted ? "table-fitted walks" : "published walks")
            if isFitted {
                Element(
                    .p,
                    "These walks were fitted to the paper\u{2019}s table: no finding about an omniscient switcher.")
            }
            efficiencies(of: table, at: point, beside: published)
            PaperPage.table(of: claims(of: table, at: point))
        }
        Element(.h2, "The scheduler in a car")
        for (point, _) in driving.points {
            Element(.h3, "WiFi \(point[0]) % of the time")
            efficiencies(of: driving, at: point)
            PaperPage.table(of: drivingClaims(of: driving, at: point))
        }
    }

    /// Mb/J under each model, and Mb/s.
    ///
    /// - Parameter published: the paper's own Mb/J and Mb/s, by strategy.
    private static func efficiencies(
        of result: SweepResult, at point: [String], beside published: [String: (String, String)] = [:]
    ) -> Markup {
        var table = HTMLTable(
            "Megabits per joule and per second of every strategy",
            headers: ["strategy"] + models.map { "Mb/J, \($0)" } + ["Mb/s"]
                + (published.isEmpty ? [] : ["the paper: Mb/J", "Mb/s"]))
        for strategy in result.strategies {
            let measures = models.map { SweepMeasure.efficiency(model: $0) } + [.goodput]
            let values = measures.map { measure in
                HTMLTable.Cell(text: short(result.values(of: strategy, by: measure, at: point)))
            }
            let paper = published[strategy].map { [$0.0, $0.1] } ?? (published.isEmpty ? [] : ["", ""])
            table.add(strategy, values + paper.map { .init(text: $0) })
        }
        return table.html
    }

    private static func short(_ sample: Sample) -> String {
        guard let mean = sample.mean else { return "-" }
        let reach = sample.meanInterval().map { " \u{00B1} \((($0.high - $0.low) / 2).text(decimals: 2))" } ?? ""
        return mean.text(decimals: 2) + reach
    }

    private static func claims(of result: SweepResult, at point: [String]) -> [Finding] {
        [
            order("MPTCP over both is more efficient than 3G alone", "mptcp", "tcp-cellular", result, point),
            order("MPTCP over both is less efficient than WiFi alone", "tcp-wifi", "mptcp", result, point),
            order("the scheduler is more efficient than WiFi alone", "mptcp-energy", "tcp-wifi", result, point),
            order("the scheduler beats an omniscient switcher", "mptcp-energy", "mptcp-omniscient", result, point),
            order(
                "damping brings the omniscient switcher up again", "mptcp-omniscient-damped", "mptcp-omniscient",
                result,
                point),
        ]
    }

    private static func drivingClaims(of result: SweepResult, at point: [String]) -> [Finding] {
        [
            order("in a car the scheduler loses to 3G alone", "tcp-cellular", "mptcp-energy", result, point),
            order(
                "one that knows how brief WiFi is does better", "mptcp-energy-smart", "mptcp-energy", result,
                point),
        ]
    }

    /// Whether `better` moves more bytes per joule than `worse`, under each model.
    private static func order(
        _ claim: String, _ better: String, _ worse: String, _ result: SweepResult, _ point: [String]
    ) -> Finding {
        let samples = models.map { model in
            (model, result.ratios(of: better, to: worse, by: .efficiency(model: model), at: point))
        }
        let verdicts = Set(samples.map { Finding.verdict($0.1) })
        let means = samples.compactMap(\.1.mean)
        let flips = means.contains { $0 > 1 } && means.contains { $0 < 1 }
        let here =
            "\(better) over \(worse): " + samples.map { "\($0) \(Finding.text($1))" }.joined(separator: "; ")
            + (flips ? ". The models do not agree, so nothing is concluded" : "")
        return Finding(claim, here: here, verdict: verdicts.count == 1 && !flips ? verdicts.first ?? .open : .open)
    }
}
