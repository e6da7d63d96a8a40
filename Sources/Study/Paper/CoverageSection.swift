// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Statistics
import Sweeps

/// Figures 3 and 4: goodput over WiFi coverage.
enum CoverageSection {
    enum Movement {
        case walking, driving
    }

    @MarkupBuilder static func html(of result: SweepResult, _ movement: Movement) -> Markup {
        Element(.h2, movement == .walking ? "Figure 3: walking" : "Figure 4: driving")
        SweepReport.curves(of: result)
        if movement == .driving {
            Element(
                .p,
                """
                Measured cars were within WiFi for about 17 % of the time, 75 s apart (the paper\u{2019}s sources).
                """)
        }
        PaperPage.table(of: findings(of: result, movement))
        if let resolution = resolution(of: result) { Element(.p, resolution) }
        Element(.details) {
            Element(.summary, "Every point")
            SweepReport.table(of: result)
        }
    }

    private static func findings(of result: SweepResult, _ movement: Movement) -> [Finding] {
        // Without WiFi there is nothing to gain.
        let points = result.points.map(\.point).filter { Double($0[0]) ?? 0 > 0 }
        let gains = points.map { ($0[0], result.ratios(of: "mptcp", to: "optimal", by: .goodput, at: $0)) }
        let first = points.map { ($0[0], result.ratios(of: "wifi-first", to: "tcp-cellular", by: .goodput, at: $0)) }
        return [
            everywhere("MPTCP beats Optimal TCP at every coverage, typically by 10 to 15 %", gains, isAbove: true),
            everywhere(
                "Optimal TCP beats WiFi First",
                points.map { ($0[0], result.ratios(of: "wifi-first", to: "optimal", by: .goodput, at: $0)) },
                isAbove: false),
            movement == .walking
                ? everywhere("WiFi First is fairly good: better than 3G alone", first, isAbove: true)
                : everywhere("WiFi First is worse than 3G alone", first, isAbove: false),
        ]
    }

    /// Tests one claim at every coverage.
    private static func everywhere(_ claim: String, _ ratios: [(String, Sample)], isAbove: Bool) -> Finding {
        let verdicts = ratios.map { Finding.verdict($0.1, isAbove: isAbove) }
        func coverages(_ verdict: Finding.Verdict) -> String {
            zip(ratios, verdicts).filter { $1 == verdict }.map { "\($0.0.0) %" }.joined(separator: ", ")
        }
        let summary = [("so at", Finding.Verdict.agrees), ("not so at", .disagrees), ("open at", .open)]
            .map { ($0.0, coverages($0.1)) }.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }
        let each = ratios.map { "\($0) %: \(Finding.text($1))" }
        let here = "\(summary.joined(separator: "; ")). \(each.joined(separator: "; "))"
        let verdict: Finding.Verdict =
            verdicts.contains(.disagrees) ? .disagrees : verdicts.allSatisfy { $0 == .agrees } ? .agrees : .open
        return Finding(claim, here: here, verdict: verdict)
    }

    /// Says whether there are enough walks to tell 10 % from 15 % at 60 % coverage.
    private static func resolution(of result: SweepResult) -> String? {
        guard let point = result.points.map(\.point).first(where: { $0[0] == "60" }) else { return nil }
        let sample = result.ratios(of: "mptcp", to: "optimal", by: .goodput, at: point)
        guard let deviation = sample.standardDeviation, let interval = sample.meanInterval() else { return nil }
        let reach = (interval.high - interval.low) / 2
        let start =
            "At 60 % coverage a walk\u{2019}s gain has a standard deviation of "
            + "\((deviation * 100).text(decimals: 1)) points"
        if reach <= 0.025 {
            return "\(start), so that \(sample.values.count) walks tell 10 % from 15 %."
        }
        return
            "\(start): \(sample.values.count) walks give the mean to \((reach * 100).text(decimals: 1)) points either "
            + "way. To tell 10 % from 15 %, which takes 2.5, would need about \(walks(for: deviation)) walks."
    }

    /// The number of walks that determine the mean to within 2.5 points either way.
    private static func walks(for deviation: Double) -> Int {
        var count = 2
        while count < 100_000, let t = StudentT(degreesOfFreedom: count - 1)?.critical(confidence: 0.95),
            t * deviation / Double(count).squareRoot() > 0.025
        {
            count += 1
        }
        return count
    }
}
