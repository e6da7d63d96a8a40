// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Reports
import Results
import Testing

@Suite("Several walks")
struct WalksTests {
    /// Walks with these headline ratios, each with an interval of its own.
    static func walks(_ values: [Double?], trustworthy: Bool = true) -> WalksResult {
        WalksResult(
            walks: values.enumerated().map { index, value in
                WalksResult.Walk(
                    directory: "walk-\(index + 1)", replay: "walk", sha256: "ab", duration: .seconds(60), seeds: 10,
                    headline: "One | walk.",
                    ratios: [
                        .init(
                            name: "mptcp/optimal", value: value, low: value.map { $0 - 0.02 },
                            high: value.map { $0 + 0.02 }, smallestDifference: value.map { _ in 0.025 }),
                        .init(name: "wifi-first/optimal", value: 0.8 + 0.01 * Double(index)),
                    ], isTrustworthy: trustworthy || index > 0)
            }, walkback: "0.1.0", kernelRelease: "6.12.90", command: "walkback compare Replays/")
    }

    @Test("The mean of the walks' means has an interval over walks, not over seeds")
    func overall() throws {
        let overall = try #require(Self.walks([1.1, 1.2, 1.3]).overall("mptcp/optimal"))
        #expect(overall.walks == 3)
        #expect(abs(try #require(overall.ratio.value) - 1.2) < 1e-12)
        // 0.1 / sqrt 3 x 4.302653, and x (4.302653 + 1.060660)
        #expect(abs(try #require(overall.ratio.low) - (1.2 - 0.248414)) < 1e-6)
        #expect(abs(try #require(overall.ratio.smallestDifference) - 0.309651) < 1e-6)
    }

    @Test("One walk, or only one with the ratio, gives no overall ratio", arguments: [[1.1], [1.1, nil], [nil, nil]])
    func noOverall(values: [Double?]) {
        let result = Self.walks(values)
        #expect(result.overall("mptcp/optimal") == nil)
        #expect(WalksReport.text(of: result).contains("there is no mean over walks"))
        #expect(!WalksReport.html(of: result).contains("mean of the walks</th>"))
    }

    @Test("Each row says what its interval is over")
    func rows() {
        let text = WalksReport.text(of: Self.walks([1.1, 1.2, 1.3], trustworthy: false))
        #expect(text.contains("walk-1 (not trustworthy)  "))
        #expect(text.contains("1.080 to 1.120  10 seeds"))
        #expect(text.contains("0.952 to 1.448  3 walks"))
        #expect(
            text.hasPrefix(
                "Over 3 walks MPTCP moved 20.0 % more than Optimal TCP (95 % over walks: \u{2212}4.8 to +44.8 %, "))
    }

    @Test(
        "Every document of several walks is as it was",
        arguments: ["walks.json", "walks.txt", "walks.md", "walks.html"])
    func golden(name: String) throws {
        let result = Self.walks([1.113, 1.21, 0.98, nil], trustworthy: false)
        let texts = [
            "walks.json": WalksReport.json(of: result).text, "walks.txt": WalksReport.text(of: result),
            "walks.md": WalksReport.markdown(of: result), "walks.html": WalksReport.html(of: result),
        ]
        let text = try #require(texts[name])
        try GoldenFiles.expect(text, equals: name)
        if name == "walks.html" { try Tags.checkBalance(text) }
    }

    @Test("Replays of hand-offs, which have no Optimal TCP, show their gaps and gates in place of dashes")
    func handoffs() throws {
        var result = Self.walks([nil, nil])
        for index in result.walks.indices {
            result.walks[index].ratios = []
            result.walks[index].goodput = .megabitsPerSecond(4)
            result.walks[index].longestGap = .milliseconds(350)
            result.walks[index].gates = [
                .init(
                    gate: "mptcp/longest-gap <= 0.5 s", quantity: "mptcp/longest-gap", outcome: .met,
                    finding: "it is met"),
                .init(
                    gate: "mptcp/events a < b", quantity: "mptcp/events", outcome: index == 0 ? .missed : .met,
                    finding: "in run mptcp.1 there was no b"),
            ]
        }
        let page = WalksReport.html(of: result)
        #expect(page.contains("3 of 4 gates on 2 walks are met; no walk compares MPTCP with Optimal TCP"))
        #expect(page.contains("<td>4.00</td><td>0.35 s</td><td class=\"bad\">1 of 2</td>"))
        #expect(page.contains("in run mptcp.1 there was no b"))
        #expect(!page.contains("<td>-</td>") && !page.contains("smallest difference"))
        #expect(!WalksReport.text(of: result).contains("  -"))
        try Tags.checkBalance(page)
    }

    @Test("Names of walks cannot become markup or lead elsewhere")
    func escaping() {
        var result = Self.walks([1.1, 1.2])
        result.walks[0].directory = "a b\"<script>/../c"
        let page = WalksReport.html(of: result)
        #expect(!page.contains("\"<script>"))
        #expect(page.contains("href=\"a%20b%22%3Cscript%3E%2F..%2Fc/report.html\""))
    }
}
