// SPDX-License-Identifier: Apache-2.0
import Bounds
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

@testable import Documents
@testable import Reports

/// A bound as another program would add it.
private enum BestSecond: Bound {
    static let name: BoundName = "best-second"
    static let summary = "whichever TCP delivered more in every second"

    static func label(window: Duration) -> String { "best TCP of every second" }

    static func needs(paths: [String]) -> [BoundNeed] { paths.map { .run(of: "tcp-\($0)") } }

    static func bytes(of walk: MeasuredWalk) -> ByteCount? {
        splice(walk)?.total(OracleWindows(length: .seconds(1), duration: walk.duration))
    }

    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        splice(walk)?.completion(of: size, OracleWindows(length: .seconds(1), duration: walk.duration))
    }

    private static func splice(_ walk: MeasuredWalk) -> Splice? {
        let tcps = walk.traces.compactMap { walk.tcp(over: $0.name) }
        return tcps.count == walk.traces.count ? Splice(tcps.map { .init($0) }) : nil
    }
}

/// A bound from the traces that has no completion time.
private enum HalfOfAll: Bound {
    static let name: BoundName = "half-of-all"
    static let summary = "half of what the links could carry"
    static let measure = BoundMeasure.ipBytes

    static func label(window: Duration) -> String { "half of all links" }

    static func bytes(of walk: MeasuredWalk) -> ByteCount? {
        ByteCount(nearest: walk.links.map { $0.carried(in: .zero..<walk.duration) }.reduce(0, +) / 2)
    }

    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? { nil }
}

@Suite struct `A bound that somebody else added` {
    private func withGuests<Value>(_ body: () throws -> Value) rethrows -> Value {
        let bounds = KnownBounds.builtIn + [BestSecond.self, HalfOfAll.self]
        return try KnownBounds.$registry.withValue(KnownBounds.registry(of: bounds), operation: body)
    }

    private let shape = Fixture.Shape(seconds: 30, seeds: [1, 2], rich: true)
    private var result: ComparisonResult { withGuests { Fixture.result(shape) } }

    @Test func `has ratios`() throws {
        let result = result
        let names = result.ratios.filter { $0.seed == nil }.map(\.name)
        let place = try #require(names.firstIndex(of: "mptcp/best-second"))
        #expect(names[place - 1] == "mptcp/capacity-sum" && names[place + 1] == "mptcp/half-of-all")
        for seed in [1, 2] as [UInt64] {
            func run(_ strategy: StrategyName) throws -> ComparisonResult.Run {
                try #require(result.runs.first { $0.strategy == strategy && $0.seed == seed })
            }
            let tcps = try [StrategyName.tcp(path: "wifi"), .tcp(path: "cellular")].map { try run($0).series.delivered }
            let best = stride(from: 0, to: tcps[0].count, by: 100).map { start in
                tcps.map { $0[start..<min(start + 100, $0.count)].reduce(0) { $0 + Int64($1) } }.max() ?? 0
            }.reduce(0, +)
            let ratio = try #require(result.ratios.first { $0.name == "mptcp/best-second" && $0.seed == seed })
            #expect(ratio.value == Double(try run(.mptcp).delivered.bytes) / Double(best))
        }
    }

    @Test func `stands in tables, figures and the page`() throws {
        let result = result
        let (table, page, figure) = withGuests {
            (ComparisonTable.text(of: result), HTMLReport.text(of: result), TotalsFigure.csv(of: result))
        }
        // The guests' bounds from runs stand between Optimal TCP and the bounds from the traces.
        let rows = table.split(separator: "\n")
        let row = try #require(rows.firstIndex { $0.hasPrefix("best TCP of every second") })
        #expect(rows[row - 1].hasPrefix("Optimal TCP, built") && rows[row + 1].hasPrefix("capacity of all links"))
        #expect(rows.contains { $0.hasPrefix("half of all links") })
        #expect(rows.contains { $0.hasPrefix("mptcp/best-second") })
        #expect(page.contains("Other bounds, from runs above"))
        #expect(page.contains("<td class=\"text\">whichever TCP delivered more in every second</td>"))
        for label in ["best TCP of every second", "half of all links"] {
            #expect(figure.contains("oracle,\"\(label)\","))
        }
    }

    @Test func `stands in comparison.json beside the keys of the built-in ones, which stay as they were`() throws {
        let with = try members(ComparisonDocument.json(of: result))
        let without = try members(ComparisonDocument.json(of: Fixture.result(shape)))
        let (oracles, plain) = (try elements(with["oracles"]), try elements(without["oracles"]))
        #expect(oracles.count == 2 && plain.count == 2)
        for (index, (one, other)) in zip(oracles, plain).enumerated() {
            var oracle = try members(one)
            let bounds = try members(oracle.removeValue(forKey: "bounds"))
            #expect(try oracle == members(other))
            let known = result.oracles[index].bounds
            let second = try #require(known["best-second"]?.bytes)
            #expect(bounds["best-second"] == .object(["bytes": .bytes(second), "completion_s": .null]))
            guard case .ip(let ip, let payload)? = known["half-of-all"]?.amount else { throw NotThere() }
            #expect(
                bounds["half-of-all"]
                    == .object(["bytes": .bytes(payload), "completion_s": .null, "ip_bytes": .bytes(ip)]))
        }
        for key in with.keys where !["oracles", "ratios"].contains(key) { #expect(with[key] == without[key], "\(key)") }
    }

    @Test func `is read back, and the report from the files is the one that was made at once`() throws {
        let result = result
        try withGuests {
            let saved = try SavedComparison(result)
            let files = SavedComparisonTests.files(saved)
            let again = try SavedComparison(directory: "out") { files[$0] }
            #expect(again.result.oracles == result.oracles)
            #expect(saved.report.map(\.name) == again.report.map(\.name))
            for (one, other) in zip(saved.report, again.report) { #expect(one.bytes == other.bytes, "\(one.name)") }
        }
    }

    @Test func `is kept by its name where a program does not have it`() throws {
        let result = result
        let files = SavedComparisonTests.files(try withGuests { try SavedComparison(result) })
        let read = try SavedComparison(directory: "out") { files[$0] }.result
        #expect(read.oracles == result.oracles)
        #expect(read.ratios.map(\.name) == result.ratios.map(\.name))
        let rows = ComparisonTable.text(of: read).split(separator: "\n")
        let second = try #require(rows.firstIndex { $0.hasPrefix("best-second ") })
        #expect(rows[second - 1].hasPrefix("Optimal TCP, built") && rows[second + 1].hasPrefix("capacity of all links"))
        let half = try #require(rows.firstIndex { $0.hasPrefix("half-of-all ") })
        #expect(rows[half - 1].hasPrefix("capacity of the best link"))
        #expect(HTMLReport.text(of: read).contains("<td class=\"text\">a bound that this program does not know</td>"))
    }

    @Test func `says when a workload of a fixed size would have been done`() throws {
        let workload = Workload(Workload.Download(size: ByteCount(2_000_000)))
        try withGuests {
            var result = Fixture.result(.init(seconds: 30, seeds: [1], workload: workload))
            result.oracles = ComparisonResult.oracles(
                runs: result.runs, traces: result.replay.traces, window: .seconds(10), workload: workload)
            let oracle = try #require(result.oracles.first)
            let second = try #require(oracle.bounds["best-second"])
            #expect(second.amount == nil)
            let done = try #require(second.completion?.seconds)
            let document = try members(elements(members(ComparisonDocument.json(of: result))["oracles"]).first)
            let bounds = try members(document["bounds"])
            #expect(bounds["best-second"] == .object(["bytes": .null, "completion_s": .number(done)]))
            #expect(try SavedComparison(result).result.oracles.first?.bounds["best-second"]?.completion != nil)
        }
    }

    private func members(_ json: JSON?) throws -> [String: JSON] {
        guard case .object(let members)? = json else { throw NotThere() }
        return members
    }

    private func elements(_ json: JSON?) throws -> [JSON] {
        guard case .array(let elements)? = json else { throw NotThere() }
        return elements
    }

    private struct NotThere: Error {}
}
