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
        func count(_ cases: [Case], _ outcome: ComparisonResult.GateVerdict.Outcome) -> Int {
            cases.count { $0.outcome == outcome }
        }
        let all = suites.flatMap(\.cases)
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"walkback\" tests=\"\(all.count)\" failures=\"\(count(all, .missed))\">\n"
        for suite in suites {
            xml += "  <testsuite name=\"\(Markup.escaped(suite.name))\" tests=\"\(suite.cases.count)\""
            xml += " failures=\"\(count(suite.cases, .missed))\" skipped=\"\(count(suite.cases, .notEvaluated))\">\n"
            for one in suite.cases {
                xml +=
                    "    <testcase classname=\"walkback.\(Markup.escaped(suite.name))\" "
                    + "name=\"\(Markup.escaped(one.name))\""
                switch one.outcome {
                case .met: xml += "/>\n"
                case .missed:
                    xml += ">\n      <failure message=\"\(Markup.escaped(one.finding))\"></failure>\n    </testcase>\n"
                case .notEvaluated:
                    xml += ">\n      <skipped message=\"\(Markup.escaped(one.finding))\"></skipped>\n    </testcase>\n"
                }
            }
            xml += "  </testsuite>\n"
        }
        return xml + "</testsuites>\n"
    }
}
