// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Reports
import Results
import Testing

@Suite("The headline")
struct HeadlineTests {
    static func result(
        _ value: Double?, low: Double? = nil, high: Double? = nil, capacity: Double? = nil, seeds: Int = 10
    ) -> ComparisonResult {
        var result = Fixture.result(.init(seconds: 12, seeds: [1], reconnecting: false))
        result.ratios = (0..<seeds).map { .init(name: "mptcp/optimal", seed: UInt64($0), value: value) }
        result.ratios.append(.init(name: "mptcp/optimal", value: value, low: low, high: high))
        result.ratios.append(.init(name: "mptcp/capacity-sum", value: capacity))
        return result
    }

    @Test("A gain")
    func gain() {
        #expect(
            HeadlineSentence.text(of: Self.result(1.09, low: 1.07, high: 1.11, capacity: 0.97))
                == "MPTCP moved 9.0 % more than Optimal TCP (95 % over 10 seeds: +7.0 to +11.0 %), "
                + "and 3.0 % less than both links together could have carried.")
    }

    @Test("A loss is stated as plainly")
    func loss() {
        #expect(
            HeadlineSentence.text(of: Self.result(0.96, low: 0.94, high: 0.98))
                == "MPTCP moved 4.0 % less than Optimal TCP (95 % over 10 seeds: \u{2212}6.0 to \u{2212}2.0 %).")
    }

    @Test("What the seeds cannot tell apart is left open")
    func open() {
        #expect(
            HeadlineSentence.text(of: Self.result(1.004, low: 0.99, high: 1.018))
                == "MPTCP moved 0.4 % more than Optimal TCP (95 % over 10 seeds: \u{2212}1.0 to +1.8 %, "
                + "so it is open which moved more).")
    }

    @Test("No difference, no interval")
    func same() {
        #expect(
            HeadlineSentence.text(of: Self.result(1.0001, seeds: 1))
                == "MPTCP moved as much as Optimal TCP (one seed, so no interval).")
    }

    @Test("Without Optimal TCP or without MPTCP it says what is missing")
    func missing() {
        #expect(HeadlineSentence.text(of: Self.result(nil)).contains("is not known without a TCP run over every path"))
        #expect(
            HeadlineSentence.text(of: Fixture.result(.init(seconds: 12, seeds: [1], mptcp: false)))
                .hasPrefix("MPTCP was not among the strategies"))
    }

    @Test("Below it stands the smallest difference that could have been seen; one seed could see none")
    func resolution() {
        var result = Self.result(1.09, low: 1.07, high: 1.11)
        #expect(HeadlineSentence.resolution(of: result) == [])
        let all = result.ratios.firstIndex { $0.name == "mptcp/optimal" && $0.seed == nil }
        if let all { result.ratios[all].smallestDifference = 0.0263 }
        let sentence =
            "The smallest difference that these 10 seeds can detect is 2.6 % (two-sided 5 % level, 80 % power)."
        #expect(HeadlineSentence.resolution(of: result) == [sentence])
        #expect(ComparisonTable.text(of: result).contains("\n\(sentence)\n"))
        #expect(Summary.markdown(of: result).contains(sentence))
        #expect(HTMLReport.text(of: result).contains(sentence))
    }

    @Test("Table, page, summary and JSON say the same sentence")
    func everywhere() {
        let result = Fixture.result(.init(seconds: 12, seeds: [1, 2]))
        let sentence = HeadlineSentence.text(of: result)
        #expect(ComparisonTable.text(of: result).hasPrefix(sentence))
        #expect(HTMLReport.text(of: result).contains(sentence))
        #expect(Summary.markdown(of: result).contains(sentence))
        #expect(ComparisonDocument.json(of: result).text.contains(sentence))
    }
}
