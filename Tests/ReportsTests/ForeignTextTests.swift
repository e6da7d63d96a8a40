// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Testing
import Traces

@testable import Reports

/// Results of others may hold any text.
@Suite("A text in a foreign result")
struct ForeignTextTests {
    private static let attack = "`</code><script>alert(1)</script>|@all\u{1b}[2J\n```"

    private static var result: ComparisonResult {
        var result = Fixture.result(.init(seconds: 30, seeds: [1, 2]))
        result.replay.sha256 = attack
        result.command = attack
        result.environment.walkback = attack
        result.environment.kernelRelease = attack
        return result
    }

    @Test("is text in the page")
    func html() {
        let html = HTMLReport.text(of: Self.result)
        #expect(!html.contains("<script>alert"))
        #expect(html.contains("SHA-256 `&lt;/code&gt;&lt;script&gt;alert(1)"))
    }

    @Test("is text in Markdown, and does not end a block of code")
    func markdown() throws {
        let markdown = Summary.markdown(of: Self.result)
        #expect(!markdown.unicodeScalars.contains { Shown.isActive($0) && $0 != "\n" })
        // The command is the last block, between two fences of more backticks than it has.
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.suffix(4).map { $0.hasPrefix("````") } == [true, false, true, false])
        for line in lines.dropLast(4) {
            #expect(!line.contains("<script"), "\(line)")
            #expect(!line.contains("@all"), "\(line)")
        }
    }

    @Test("is text on a terminal")
    func terminal() {
        #expect(!ComparisonTable.text(of: Self.result).contains("\u{1b}"))
    }

    @Test("is no formula in any table, and is read back")
    func csv() throws {
        var result = Fixture.result(.init(seconds: 30, seeds: [1]))
        let name = "=cmd|' /C calc'!A1,\"x\""
        for index in result.runs.indices { result.runs[index].id = "@\(index)" }
        result.replay.traces[0].name = name
        for run in result.runs.indices {
            for link in result.runs[run].series.links.indices where result.runs[run].series.links[link].path == "wifi" {
                result.runs[run].series.links[link].path = name
            }
        }
        for text in [SeriesFile.csv(of: result), LinksFile.csv(of: result), DelaysFile.csv(of: result)] {
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                #expect(!fields.contains { $0.hasPrefix("=") || $0.hasPrefix("@") || $0.hasPrefix("\"=") }, "\(line)")
            }
        }
        let series = try SeriesFile.series(
            FilePieces(Array(SeriesFile.csv(of: result).utf8)), path: "series.csv", of: result.runs)
        #expect(series.map { $0.links.map(\.path) } == result.runs.map { $0.series.links.map(\.path) })
    }

    @Test("cannot run as a script, because the page allows only its own")
    func policy() throws {
        let html = HTMLReport.text(of: Self.result)
        let script = try #require(html.split(separator: "<script>").last?.split(separator: "</script>").first)
        let style = try #require(html.split(separator: "<style>").last?.split(separator: "</style>").first)
        let policy = try #require(html.split(separator: "\n").first { $0.contains("Content-Security-Policy") })
        #expect(!policy.contains("unsafe"))
        #expect(policy.contains("script-src &#39;sha256-\(SHA256.base64(of: Array(script.utf8)))&#39;"))
        #expect(policy.contains("style-src &#39;sha256-\(SHA256.base64(of: Array(style.utf8)))&#39;"))
        #expect(!html.contains(" style=\"") && !html.contains(" onclick="))
    }
}
