// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Plans
import Quantities
import Reports
import Testing

@Suite("Documents")
struct GoldenTests {
    static let short = Fixture.result(.init(seconds: 24, seeds: [1, 2, 3]))

    @Test("The terminal's table") func table() throws {
        try GoldenFiles.expect(ComparisonTable.text(of: Self.short), equals: "table.txt")
    }

    @Test("comparison.json") func json() throws {
        try GoldenFiles.expect(ComparisonDocument.json(of: Self.short).text, equals: "comparison.json")
    }

    @Test("series.csv") func csv() throws {
        let tiny = Fixture.result(.init(seconds: 2, seeds: [1], reconnecting: false))
        try GoldenFiles.expect(SeriesFile.csv(of: tiny), equals: "series.csv")
    }

    @Test("summary.md") func summary() throws {
        try GoldenFiles.expect(Summary.markdown(of: Self.short), equals: "summary.md")
    }

    @Test("figure1.svg") func figure() throws {
        try GoldenFiles.expect(Figure1.svg(of: Self.short), equals: "figure1.svg")
    }

    @Test("report.html") func html() throws {
        try GoldenFiles.expect(HTMLReport.text(of: Self.short), equals: "report.html")
    }

    static let rich = Fixture.result(
        .init(seconds: 60, seeds: [1, 2, 3], rich: true, workload: Workload(Workload.Requests())))

    @Test("The same with everything that a comparison can find") func everything() throws {
        try GoldenFiles.expect(ComparisonTable.text(of: Self.rich), equals: "everything.txt")
        try GoldenFiles.expect(Summary.markdown(of: Self.rich), equals: "everything.md")
        try GoldenFiles.expect(HTMLReport.text(of: Self.rich), equals: "everything.html")
    }

    /// Writes pages to look at: a walk of twelve minutes, and what a reader must not overlook.
    @Test(
        "Pages to look at",
        .enabled(if: ProcessInfo.processInfo.environment["WALKBACK_PAGES"] != nil, "WALKBACK_PAGES=DIR"))
    func pages() throws {
        let directory = try #require(ProcessInfo.processInfo.environment["WALKBACK_PAGES"])
        let pages: [(String, Fixture.Shape)] = [
            ("walk", .init()), ("bad", .init(seeds: [1, 2], mptcpShare: 0.7, violations: 3)),
            ("none", .init(seconds: 60, seeds: [1], mptcp: false)), ("rich", .init(seeds: [1, 2, 3], rich: true)),
            ("requests", .init(seconds: 120, seeds: [1, 2], rich: true, workload: Workload(Workload.Requests()))),
        ]
        for (name, shape) in pages {
            let result = Fixture.result(shape)
            try Data(HTMLReport.text(of: result).utf8).write(to: URL(filePath: "\(directory)/\(name).html"))
            try Data(Figure1.svg(of: result).utf8).write(to: URL(filePath: "\(directory)/\(name).svg"))
            try Data(ComparisonTable.text(of: result).utf8).write(to: URL(filePath: "\(directory)/\(name).txt"))
        }
        let walks = WalksTests.walks([1.113, 1.21, 0.98, 1.07])
        try Data(WalksReport.html(of: walks).utf8).write(to: URL(filePath: "\(directory)/walks.html"))
    }
}
