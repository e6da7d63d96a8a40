// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results
import Statistics

/// What `walkback check` reports: the gates, and the comparison with a baseline if there is one.
package struct CheckReport: Sendable {
    package static let schema = "walkback.check/2"

    /// Each walk's result under its name.
    let walks: [(name: String, result: ComparisonResult)]
    /// nil if there was no baseline to compare with.
    let check: RegressionCheck?

    package init(walks: [(name: String, result: ComparisonResult)], check: RegressionCheck?) {
        self.walks = walks
        self.check = check
    }

    // MARK: The answer

    package var doubts: [String] {
        walks.flatMap { walk in
            FidelitySummary.doubts(about: walk.result).map { walks.count > 1 ? "\(walk.name): \($0)" : $0 }
        }
    }

    private var gates: [ComparisonResult.GateVerdict] { walks.flatMap(\.result.gates) }

    package var exitCode: ExitCode {
        if !doubts.isEmpty { return .notTrustworthy }
        let missed = gates.contains { $0.outcome == .missed }
        return missed || check?.regressions.isEmpty == false ? .gateNotMet : .success
    }

    /// One sentence each: trust, gates, baseline.
    package var sentences: [String] {
        var sentences = doubts.map { "Not trustworthy: \($0)" }
        sentences += walks.compactMap { walk in
            GateTables.sentence(of: walk.result).map { walks.count > 1 ? "\(walk.name): \($0)" : $0 }
        }
        if gates.isEmpty { sentences.append("The replay has no gates.") }
        guard let check else { return sentences + ["There was no baseline to compare with."] }
        let others = check.walks.map(\.name).filter { !check.identical.contains($0) }
        if others.isEmpty {
            let runs = check.walks.reduce(0) { $0 + $1.runs }
            sentences.append("The result is bit-identical to the baseline in all \(Wording.count(runs, "run")).")
            return sentences
        }
        if !check.identical.isEmpty {
            sentences.append(
                "These walks are bit-identical to the baseline: \(check.identical.joined(separator: ", ")).")
        }
        return sentences + check.regressions.map(sentence) + [summary(check)] + cautions(check)
    }

    private func sentence(_ finding: RegressionCheck.Finding) -> String {
        var text = "Regression: \(finding.quantity.name)"
        if walks.count > 1 { text += " on \(finding.walk)" }
        text += " was \(value(finding.before, finding)) and is \(value(finding.now, finding))"
        text += " (\(Self.percent(finding.change))"
        if let interval = finding.interval {
            text += "; 95 %: \(Self.signed(interval.low)) to \(Self.percent(interval.high))"
        }
        text += "; p = \(Self.probability(finding.probability)))"
        if let place = finding.place {
            let (from, to) = (place.span.lowerBound.seconds.text(), place.span.upperBound.seconds.text())
            text += ", mostly from \(from) to \(to) s after the first SYN: "
            text +=
                "\(Self.signedMegabytes(place.difference)) MB per run, of \(Self.signedMegabytes(place.whole)) "
                + "MB in all"
        }
        return text + "."
    }

    private func summary(_ check: RegressionCheck) -> String {
        let settings = check.settings
        let pairs = check.findings.map(\.pairs)
        let count = pairs.min() == pairs.max() ? "\(pairs.min() ?? 0)" : "\(pairs.min() ?? 0) to \(pairs.max() ?? 0)"
        let times = (settings.smallestEffect * RegressionCheck.Settings.timeFactor * 100).text()
        return
            "\(check.regressions.isEmpty ? "No regression" : "\(Wording.count(check.regressions.count, "regression"))")"
            + " among \(Wording.count(check.findings.count, "quantity", "quantities")) with \(count) pairs each. "
            + "A regression is worse by at least \((settings.smallestEffect * 100).text()) % (times: \(times) %), at a "
            + "level of \((settings.level * 100).text()) % for the whole check (Holm)."
    }

    private func cautions(_ check: RegressionCheck) -> [String] {
        var cautions: [String] = []
        if !check.pairedInOrder.isEmpty {
            cautions.append(
                "The baseline has none of the seeds of \(check.pairedInOrder.joined(separator: ", ")), so the seeds "
                    + "were paired in order."
            )
        }
        if !check.otherSettings.isEmpty {
            cautions.append(
                "The replay of \(check.otherSettings.joined(separator: ", ")) has the same walk as the baseline, but "
                    + "other settings, strategies, seeds or gates.")
        }
        if check.findings.contains(where: { $0.test?.method == .t && $0.pairs <= PairedTest.mostExact }) {
            cautions.append(
                "The exact test of so many quantities needs \(check.pairsNeeded) pairs, so Student's t was used "
                    + "instead, "
                    + "which assumes approximately normal differences.")
        }
        if check.findings.contains(where: { $0.verdict == .notComparable }) {
            cautions.append(
                "One pair shows no spread, so its difference cannot be tested. Compare with more seeds.")
        }
        return cautions
    }

    // MARK: Documents

    var table: ResultTable {
        let several = walks.count > 1
        let headers: [String?] = [
            "quantity", several ? "walk" : nil, "baseline", "now", "change", "95 %", "p (Holm)", "test", "verdict",
        ]
        let text = several ? [1, 7, 8] : [6, 7]
        var table = ResultTable("Against the baseline", headers: headers.compactMap { $0 }, textColumns: Set(text))
        for finding in check?.findings ?? [] {
            let cells: [String?] = [
                several ? finding.walk : nil, value(finding.before, finding), value(finding.now, finding),
                Self.percent(finding.change),
                finding.interval.map { "\(Self.signed($0.low)) to \(Self.signed($0.high)) %" } ?? Wording.unknown,
                finding.verdict == .same ? Wording.unknown : Self.probability(finding.probability),
                finding.verdict == .same ? Wording.unknown : finding.test?.method.rawValue ?? Wording.unknown,
                Self.name(of: finding.verdict),
            ]
            table.add(finding.quantity.name, cells, style: finding.verdict == .regression ? .lead : .plain)
        }
        return table
    }

    package var text: String {
        let missed = walks.flatMap { walk in
            walk.result.gates.compactMap(\.note).map { walks.count > 1 ? "\(walk.name): \($0)" : $0 }
        }
        return [(sentences + missed).joined(separator: "\n") + "\n", check == nil ? "" : table.text].filter {
            !$0.isEmpty
        }
        .joined(separator: "\n")
    }

    /// check.md: written to be posted as a comment on a pull request.
    package var markdown: String {
        let mark = exitCode == .success ? "passed" : exitCode == .gateNotMet ? "FAILED" : "NOT TRUSTWORTHY"
        var blocks = ["### Walkback check: \(mark)\n", sentences.map { "- \(Markup.markdown($0))\n" }.joined()]
        if check != nil { blocks.append(table.markdown) }
        for walk in walks where !walk.result.gates.isEmpty {
            if walks.count > 1 { blocks.append("**\(Markup.markdown(walk.name))**\n") }
            blocks.append(GateTables.gates(of: walk.result).markdown)
        }
        return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A test case for every gate, and one for every quantity that was compared.
    package var junit: String {
        JUnitReport.document(
            walks.map { walk in
                var suite = JUnitReport.suite(walk.result, name: walk.name)
                for finding in check?.findings ?? [] where finding.walk == walk.name {
                    suite.cases.append(
                        .init(
                            name: "\(finding.quantity.name) against the baseline",
                            outcome: finding.verdict == .regression
                                ? .missed : finding.verdict == .notComparable ? .notEvaluated : .met,
                            finding: finding.verdict == .regression ? sentence(finding) : Self.name(of: finding.verdict)
                        ))
                }
                return suite
            })
    }

    package var json: JSON {
        .object([
            "schema": .string(Self.schema), "exit_code": .integer(Int64(exitCode.rawValue)),
            "sentences": .array(sentences.map { .string($0) }),
            "gates": .array(
                walks.flatMap { walk in
                    walk.result.gates.map { gate in
                        .object([
                            "walk": .string(walk.name), "gate": .string(gate.gate),
                            "outcome": .string(gate.outcome.rawValue), "finding": .string(gate.finding),
                        ])
                    }
                }),
            "baseline": check.map(Self.json) ?? .null,
        ])
    }

    private static func json(_ check: RegressionCheck) -> JSON {
        .object([
            "level": .number(check.settings.level), "smallest_effect": .number(check.settings.smallestEffect),
            "identical": .array(check.identical.map { .string($0) }),
            "quantities": .array(
                check.findings.map { finding in
                    .object([
                        "walk": .string(finding.walk), "name": .string(finding.quantity.name),
                        "kind": .string(finding.quantity.kind.rawValue), "pairs": .integer(Int64(finding.pairs)),
                        "baseline": .number(finding.before), "now": .number(finding.now),
                        "change": .optional(finding.change), "low": .optional(finding.interval?.low),
                        "high": .optional(finding.interval?.high),
                        "test": finding.test.map { .string($0.method.rawValue) } ?? .null,
                        "p": .optional(finding.test?.probability), "p_holm": .optional(finding.probability),
                        "verdict": .string(finding.verdict.rawValue),
                        "start_s": .optional(finding.place?.span.lowerBound.seconds),
                        "end_s": .optional(finding.place?.span.upperBound.seconds),
                        "difference_bytes": .optional(finding.place?.difference),
                    ])
                }),
        ])
    }

    // MARK: Words

    private static func name(of verdict: RegressionCheck.Verdict) -> String {
        switch verdict {
        case .same: "the same"
        case .regression: "REGRESSION"
        case .noRegression: "no regression"
        case .notComparable: "not comparable"
        }
    }

    private func value(_ value: Double, _ finding: RegressionCheck.Finding) -> String {
        let unit = finding.quantity.kind.unit
        return unit.isEmpty ? value.text(decimals: 3) : "\(value.text(decimals: 3)) \(unit)"
    }

    private static func signed(_ part: Double) -> String { HeadlineSentence.signedPercent(1 + part) }

    private static func percent(_ part: Double?) -> String { part.map { "\(signed($0)) %" } ?? Wording.unknown }

    private static func signedMegabytes(_ bytes: Double) -> String {
        let text = (bytes / 1e6).text(decimals: 2)
        return text.hasPrefix("-") ? "\u{2212}\(text.dropFirst())" : "+\(text)"
    }

    private static func probability(_ value: Double?) -> String {
        guard let value else { return Wording.unknown }
        return value < 0.0001 ? "<0.0001" : value.text(significantDigits: 2)
    }
}
