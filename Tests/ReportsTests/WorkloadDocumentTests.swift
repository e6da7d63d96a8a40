// SPDX-License-Identifier: Apache-2.0
import Determinism
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

@testable import Documents
@testable import Reports

@Suite struct `Results of other workloads` {
    private func members(_ json: JSON?) throws -> [String: JSON] {
        guard case .object(let members)? = json else { throw NotThere() }
        return members
    }

    private func elements(_ json: JSON?) throws -> [JSON] {
        guard case .array(let elements)? = json else { throw NotThere() }
        return elements
    }

    private struct NotThere: Error {}

    /// The fixture's runs under another workload.
    private func result(_ workload: Workload) -> ComparisonResult {
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.replay.workload = workload
        result.oracles = ComparisonResult.oracles(
            runs: result.runs, traces: result.replay.traces, window: .seconds(10), workload: workload)
        result.ratios = ComparisonResult.ratios(runs: result.runs, oracles: result.oracles)
        return result
    }

    @Test func `of frames say how long they took and which were late, and that no oracle says what is best`() throws {
        var result = result(Workload(Workload.Stream()))
        for index in result.runs.indices {
            result.runs[index].exchanges = [30, 500, 20, nil].enumerated().map { frame, milliseconds in
                let start = Duration.seconds(frame)
                return .init(start: start, end: milliseconds.map { start + .milliseconds($0) }, size: ByteCount(10_000))
            }
        }
        let document = try members(ComparisonDocument.json(of: result))
        #expect(
            document["workload"]
                == .object([
                    "kind": .string("stream"), "rate_mbps": .number(2), "interval_s": .number(0.04),
                    "deadline_s": .number(0.4),
                ]))
        guard case .string? = document["not_compared"] else { throw NotThere() }
        #expect(document["oracles"] == .array([]))
        #expect(try elements(document["ratios"]).allSatisfy { try members($0)["value"] == .null })
        let exchanges = try members(members(elements(document["runs"]).first)["exchanges"])
        #expect(exchanges["count"] == .integer(4) && exchanges["completed"] == .integer(3))
        #expect(exchanges["unfinished"] == .integer(1) && exchanges["deadline_misses"] == .integer(2))
        #expect(exchanges["p50_s"]?.text == "0.03\n" && exchanges["p99_s"] == .null && exchanges["max_s"] == .null)
        let curve = try elements(exchanges["cdf"])
        #expect(curve.first == .array([.number(0.02), .number(0.25)]) && curve.count == 3)
        #expect(HeadlineSentence.text(of: result).contains("not defined"))
    }

    @Test func `of a fixed size give the oracles' times`() throws {
        let size = ByteCount(1_000_000)
        let document = try members(ComparisonDocument.json(of: result(Workload(Workload.Download(size: size)))))
        #expect(document["workload"] == .object(["kind": .string("download"), "bytes": .integer(1_000_000)]))
        #expect(document["not_compared"] == .null)
        let oracle = try members(elements(document["oracles"]).first)
        let completion = try members(oracle["completion"])
        #expect(completion["app_bytes"] == .integer(1_000_000))
        guard case .number(let sum)? = completion["capacity_sum_s"],
            case .number(let best)? = completion["best_static_s"]
        else { throw NotThere() }
        #expect(sum > 0 && sum <= best)
        #expect(completion["optimal_built_s"] == .null && oracle["spliced_optimal_bytes"] == .null)
    }

    @Test(arguments: [(1.25, "25.0 % faster than"), (0.9, "10.0 % slower than"), (1, "as fast as")])
    func `of a fixed size are told by their pace`(ratio: Double, phrase: String) {
        var result = result(Workload(Workload.Download(size: ByteCount(1_000_000))))
        result.ratios = [
            .init(name: "mptcp/optimal", seed: 1, value: ratio), .init(name: "mptcp/optimal", value: ratio),
        ]
        #expect(HeadlineSentence.text(of: result) == "MPTCP was \(phrase) Optimal TCP (one seed, so no interval).")
    }

    @Test func `of two directions name each link's row once`() {
        var result = result(Workload(Workload.Both()))
        let up = result.runs.map { run in
            var run = run
            run.direction = .up
            return run
        }
        let alone = SeriesFile.csv(of: result).split(separator: "\n")
        result.runs = zip(result.runs, up).flatMap { [$0, $1] }
        let both = SeriesFile.csv(of: result).split(separator: "\n")
        let ofLinks = { (rows: [Substring]) in rows.filter { !$0.contains(",all,") }.sorted() }
        #expect(ofLinks(both) == ofLinks(alone))
        #expect(both.count { $0.contains(",all,up,") } == alone.count { $0.contains(",all,down,") })
    }

    @Test func `of two directions are never added up`() throws {
        let alone = result(Workload())
        var both = alone
        let up = alone.runs.map { run in
            var run = run
            run.direction = .up
            run.delivered = ByteCount(run.delivered.bytes / 2)
            return run
        }
        both.runs = zip(alone.runs, up).flatMap { [$0, $1] }
        both.oracles = ComparisonResult.oracles(runs: both.runs, traces: both.replay.traces, window: .seconds(10))
        both.ratios = ComparisonResult.ratios(runs: both.runs, oracles: both.oracles)
        let parts = both.byDirection
        #expect(parts.map { $0.runs.count } == [alone.runs.count, up.count])
        #expect(parts[0].ratios == alone.ratios)
        #expect(parts[1].ratios.map(\.name) == alone.ratios.map(\.name))
        #expect(parts[1].ratios.allSatisfy { $0.direction == .up } && parts[1].oracles.count == alone.oracles.count)
        let table = ComparisonTable.text(of: both)
        #expect(table.contains("downlink:") && table.contains("uplink:"))
        // The last line counts the windows of both.
        for line in ComparisonTable.text(of: alone).split(separator: "\n").dropLast() { #expect(table.contains(line)) }
        both.replay.workload = Workload(Workload.Both())
        let saved = try SavedComparison(both)
        let page = HTMLReport.text(of: saved.result)
        for part in ["id=\"walk-down\"", "id=\"walk-up\"", "Strategies, downlink", "Strategies, uplink"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(saved.report.map(\.name).contains("figure1-up.svg"))
        let files = SavedComparisonTests.files(saved)
        let again = try SavedComparison(directory: "out") { files[$0] }
        #expect(saved.report.map(\.name) == again.report.map(\.name))
        for (one, other) in zip(saved.report, again.report) { #expect(one.bytes == other.bytes, "\(one.name)") }
    }

    @Test func `of a fixed size are tabled and drawn by their times`() throws {
        let result = Fixture.result(
            .init(seconds: 30, seeds: [1, 2], workload: Workload(Workload.Download(size: ByteCount(500_000)))))
        let table = StrategyTables.strategies(of: result, whole: true)
        #expect(table.headers.contains("all transferred in") && !table.headers.contains("MB"))
        let figure = TotalsFigure.svg(of: result, layout: .wide).file
        #expect(figure.contains("seconds until each strategy had transferred all"))
        #expect(TotalsFigure.csv(of: result).hasPrefix("kind,name,mean_seconds,"))
    }
}
