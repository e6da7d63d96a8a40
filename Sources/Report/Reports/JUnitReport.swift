// SPDX-License-Identifier: Apache-2.0
import Documents
import Results

/// junit.xml: a test case for every gate, as CI systems show them; a gate that was not run is skipped.
package enum JUnitReport {
    package static func xml(of result: ComparisonResult) -> String {
        document([suite(result, name: result.replay.name)])
    }

    struct Suite {
        let name: String
        var cases: [Case]
    }

    struct Case {
        let name: String
        let outcome: ComparisonResult.GateVerdict.Outcome
        let finding: String
    }

    /// If the runs cannot be trusted, a case of its own says so, and gates are neither met nor missed.
    static func suite(_ result: ComparisonResult, name: String) -> Suite {
        let doubts = FidelitySummary.doubts(about: result)
        let trust = Case(
            name: "every run can be trusted", outcome: doubts.isEmpty ? .met : .missed,
            finding: doubts.joined(separator: " "))
        return Suite(
            name: name,
            cases: [trust] + result.gates.map { Case(name: $0.gate, outcome: $0.outcome, finding: $0.finding) })
    }

    static func document(_ suites: [Suite]) -> String {
        func count(_ cases: [Case], _ outcome: ComparisonResult.GateVerdict.Outcome) -> String {
            "\(cases.count { $0.outcome == outcome })"
        }
        let all = suites.flatMap(\.cases)
        let root = Element(
            .testsuites, ["name": "walkback", "tests": "\(all.count)", "failures": count(all, .missed)]
        ) {
            for suite in suites {
                Element(
                    .testsuite,
                    [
                        "name": suite.name, "tests": "\(suite.cases.count)", "failures": count(suite.cases, .missed),
                        "skipped": count(suite.cases, .notEvaluated),
                    ]
                ) {
                    for one in suite.cases { element(of: one, in: suite) }
                }
            }
        }
        return root.xml
    }

    private static func element(of one: Case, in suite: Suite) -> Element {
        Element(.testcase, ["classname": "walkback.\(suite.name)", "name": one.name]) {
            switch one.outcome {
            case .met: Markup()
            case .missed: Element(.failure, ["message": one.finding])
            case .notEvaluated: Element(.skipped, ["message": one.finding])
            }
        }
    }
}

extension Element.Name {
    fileprivate static let testsuites = Self("testsuites", .block)
    fileprivate static let testsuite = Self("testsuite", .block)
    fileprivate static let testcase = Self("testcase", .block, end: .slash)
    fileprivate static let failure = Self("failure", .line)
    fileprivate static let skipped = Self("skipped", .line)
}
