// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Reports
import Results
import Testing
import Traces

@Suite("Reports")
struct ReportTests {
    static let walk = Fixture.result(.init(seconds: 100, seeds: [1, 2, 3], rich: true))

    @Test("The same result is the same bytes")
    func deterministic() {
        let again = Fixture.result(.init(seconds: 100, seeds: [1, 2, 3], rich: true))
        #expect(HTMLReport.text(of: Self.walk) == HTMLReport.text(of: again))
        #expect(ComparisonDocument.json(of: Self.walk).text == ComparisonDocument.json(of: again).text)
        #expect(Figure1.svg(of: Self.walk) == Figure1.svg(of: again))
    }

    @Test("A page of twelve minutes and ten seeds stays below 1 MB, and an hour's figure below 100 kB")
    func size() {
        var walk = Fixture.result(.init(seeds: [1], rich: true))
        // The other seeds have the same runs, so that their part of the page is as long.
        for seed: UInt64 in 2...10 {
            walk.runs += walk.runs.filter { $0.seed == 1 }.map { run in
                var run = run
                run.seed = seed
                run.id = "\(run.strategy).\(seed)"
                return run
            }
        }
        #expect(HTMLReport.text(of: walk).utf8.count < 1_000_000)
        let long = Fixture.result(.init(seconds: 3600, seeds: [1], reconnecting: false))
        #expect(Figure1.svg(of: long).utf8.count < 100_000)
    }

    @Test("The page makes no network requests")
    func selfContained() {
        // A clip path is named by an address within the page.
        let page = HTMLReport.text(of: Self.walk).split(separator: "xmlns=\"http://www.w3.org/2000/svg\"").joined()
            .replacing("url(#", with: "")
        #expect(page.contains("default-src &#39;none&#39;"))
        for asked in [
            "http:", "https:", "src=", "@import", "url(", "<link", "fetch(", "XMLHttpRequest", "WebSocket", "import(",
            "localStorage", "sendBeacon", "cookie",
        ] {
            #expect(!page.contains(asked), "\(asked)")
        }
    }

    @Test(
        "Names from files cannot become markup",
        arguments: ["<script>alert(1)</script>", "a\"b'c&d", "x|y*z`", "\u{1}\u{8}"])
    func escaping(name: String) throws {
        let result = Fixture.result(.init(seconds: 12, seeds: [1], name: name))
        for page in [HTMLReport.text(of: result), Figure1.svg(of: result)] {
            #expect(!page.contains("<script>alert"))
            #expect(page.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
            #expect(throws: Never.self) { try Tags.checkBalance(page) }
        }
        #expect(!Summary.markdown(of: result).prefix { $0 != "|" }.contains("<script"))
    }

    @Test(
        "Every element of page and figure is closed",
        arguments: [
            Fixture.Shape(seconds: 30, seeds: [1, 2]), .init(seconds: 30, seeds: [1], mptcp: false),
            .init(seconds: 30, seeds: [1, 2], violations: 2), .init(seconds: 30, seeds: [3], detaches: false),
            .init(seconds: 30, seeds: [1, 2], rich: true),
            .init(seconds: 30, seeds: [1], rich: true, workload: Workload(Workload.Stream())),
        ])
    func wellFormed(shape: Fixture.Shape) throws {
        let result = Fixture.result(shape)
        try Tags.checkBalance(HTMLReport.text(of: result))
        try Tags.checkBalance(Figure1.svg(of: result))
    }

    @Test("A comparison without runs, paths or time is still written")
    func empty() throws {
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.runs = []
        result.oracles = []
        result.ratios = []
        result.replay.traces = []
        result.replay.duration = .zero
        result.builtWindows = []
        try Tags.checkBalance(HTMLReport.text(of: result))
        #expect(SeriesFile.csv(of: result) == SeriesFile.header)
        #expect(ComparisonTable.text(of: result).contains("so there is no comparison"))
        #expect(!Summary.markdown(of: result).isEmpty)
    }

    @Test("The application bytes of series.csv are the run's, and its rows are 100 ms apart")
    func csvSums() throws {
        let result = Fixture.result(.init(seconds: 12, seeds: [4], reconnecting: false))
        let run = try #require(result.runs.last)
        let rows = SeriesFile.rows(of: run).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.allSatisfy { $0.count == 6 && $0[0] == "mptcp.4" })
        let all = rows.filter { $0[2] == "all" }
        #expect(all.count == 110)
        #expect(all.prefix(12).map { String($0[1]) }.suffix(3) == ["0.9", "1.0", "1.1"])
        #expect(all.compactMap { Int64($0[4]) }.reduce(0, +) == run.delivered.bytes)
        let down = rows.filter { $0[2] != "all" && $0[3] == "down" }
        #expect(
            down.compactMap { Int64($0[5]) }.reduce(0, +) == all.compactMap { Int64($0[5]) }.reduce(0, +))
        #expect(down.allSatisfy { $0[4].isEmpty })
    }

    @Test("comparison.json has the contract's keys, and null where something is undefined")
    func keys() throws {
        var short = Fixture.result(.init(seconds: 12, seeds: [1], reconnecting: false))
        short.runs[0].energy = [.init(model: "hybrid", paths: [EnergyAmount(joules: 50), .zero])]
        guard case .object(let document) = ComparisonDocument.json(of: short),
            case .array(let runs)? = document["runs"], case .object(let run)? = runs.first,
            case .array(let oracles)? = document["oracles"], case .object(let oracle)? = oracles.first,
            case .array(let ratios)? = document["ratios"],
            case .object(let built)? = ratios.first(where: {
                guard case .object(let ratio) = $0 else { return false }
                return ratio["name"] == .string("mptcp/optimal-built")
            })
        else {
            Issue.record("not the shape of a comparison")
            return
        }
        #expect(document["schema"] == .string("walkback.comparison/2"))
        #expect(Set(document.keys).isSuperset(of: ["replay", "environment", "runs", "oracles", "ratios"]))
        #expect(
            Set(run.keys).isSuperset(of: [
                "id", "strategy", "seed", "direction", "app_bytes", "goodput_mbps", "longest_gap_s", "verified",
                "energy_j", "paths", "fidelity", "counters", "events", "failure", "energy", "moves", "flows",
                "exchanges", "handoffs",
            ]))
        #expect(run["energy_j"] == .number(50) && run["failure"] == .null)
        var unknown = short
        unknown.runs[0].energy = []
        guard case .object(let other) = ComparisonDocument.json(of: unknown), case .array(let others)? = other["runs"],
            case .object(let silent)? = others.first
        else {
            Issue.record("not the shape of a comparison")
            return
        }
        #expect(silent["energy_j"] == .null && silent["energy"] == .object([:]))
        #expect(
            Set(oracle.keys).isSuperset(of: [
                "direction", "window_s", "capacity_sum_bytes", "capacity_optimal_bytes", "best_static_bytes", "seed",
                "spliced_optimal_bytes", "capacity_sum_payload_bytes", "capacity_optimal_payload_bytes",
                "best_static_payload_bytes", "optimal_built_bytes",
            ]))
        #expect(oracle["spliced_optimal_reconnect_bytes"] == .null)
        #expect(
            Set(built.keys) == ["name", "direction", "seed", "value", "low", "high", "smallest_difference"])
        #expect(built["value"] == .null)
    }

    @Test("A violation is reported first, with run, path and window")
    func violations() {
        let result = Fixture.result(.init(seconds: 60, seeds: [1, 2], violations: 3))
        let sentence = FidelitySummary(result).sentence
        for part in ["6 windows", "mptcp.1", "wifi down", "9000 bytes", "Do not trust"] {
            #expect(sentence.contains(part), "\(part)")
        }
        let doubts = FidelitySummary.doubts(about: result)
        #expect(doubts.count == 2)
        #expect(doubts[0].hasPrefix("run mptcp.1: wifi down differs from its trace"))
        #expect(HTMLReport.text(of: result).contains("class=\"trust bad\""))
        #expect(FidelitySummary.doubts(about: Self.walk).isEmpty)
    }

    @Test("comparison.json says why a run may not be used")
    func failure() {
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.runs[0].failure = "the connection fell back to TCP"
        #expect(
            ComparisonDocument.json(of: result).text.contains("\"failure\": \"the connection fell back to TCP\""))
    }

    @Test("A run that was not verified is doubted")
    func unverified() {
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.runs[0].verified = false
        #expect(FidelitySummary.doubts(about: result) == ["run tcp-wifi.1: not every delivered byte was verified."])
    }
}

/// Looks at tags only, which is enough to find one that is never closed.
enum Tags {
    struct Unbalanced: Error {
        let tag: String
    }

    static func checkBalance(_ page: String) throws {
        let void: Set<String> = ["meta", "br", "hr", "!doctype"]
        var open: [String] = []
        for piece in withoutScripts(page).split(separator: "<").dropFirst(page.hasPrefix("<") ? 0 : 1) {
            guard let end = piece.firstIndex(of: ">") else { throw Unbalanced(tag: String(piece.prefix(40))) }
            let tag = piece[..<end]
            let name = String(tag.prefix { $0 != " " && $0 != "/" })
            if tag.hasPrefix("/") {
                let closed = String(tag.dropFirst())
                guard open.popLast() == closed else { throw Unbalanced(tag: closed) }
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
        }
        if let last = open.last { throw Unbalanced(tag: last) }
    }

    /// The page without what stands in script elements, which is no markup.
    private static func withoutScripts(_ page: String) -> String {
        page.split(separator: "<script").enumerated().map { index, piece in
            guard index > 0 || page.hasPrefix("<script"), let end = piece.firstRange(of: "</script>") else {
                return String(piece)
            }
            return String(piece[end.upperBound...])
        }.joined()
    }
}
