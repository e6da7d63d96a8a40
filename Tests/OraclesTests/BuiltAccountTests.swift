// SPDX-License-Identifier: Apache-2.0
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

@Suite("Where built Optimal TCP's bytes went")
struct BuiltAccountTests {
    static let bin = Series.binWidth

    static func trace(_ name: String, away: Range<Int>? = nil) -> PathTrace {
        let link = PathTrace.LinkSample(rate: .megabitsPerSecond(8), delay: .milliseconds(10))
        let ends = away.map { [0, $0.lowerBound, $0.upperBound] } ?? [0]
        return PathTrace(
            name: name, kind: .other, duration: .seconds(61), queueDown: ByteCount(64_000), queueUp: ByteCount(64_000),
            source: "a test",
            samples: ends.map { second in
                .init(time: .seconds(second), down: link, up: link, attached: away.map { !$0.contains(second) } ?? true)
            })
    }

    static func run(
        _ strategy: StrategyName, _ bytesPerSecond: (Int) -> UInt32, moves: [(Int, String)] = [],
        silent: Range<Int> = 0..<0
    ) -> ComparisonResult.Run {
        let delivered = (0..<6000).map { silent.contains($0) ? 0 : bytesPerSecond($0 / 100) / 100 }
        let none = [UInt32](repeating: 0, count: 6000)
        return ComparisonResult.Run(
            id: "\(strategy).1", strategy: strategy, seed: 1, direction: .down, offset: .milliseconds(500),
            duration: .seconds(60), delivered: ByteCount(delivered.reduce(0) { $0 + Int64($1) }), longestGap: .zero,
            verified: true, paths: [], fidelity: [], counters: [:], events: [],
            series: Series(
                delivered: delivered,
                links: ["wifi", "cellular"].map {
                    .init(
                        path: $0, direction: .down, arrived: none, lost: none, dropped: none,
                        idle: (0..<6000).map(silent.contains))
                }), moves: moves.map { .init(time: .seconds($0.0), path: $0.1) })
    }

    /// Six windows of 10 s. WiFi is better in the first three. Built Optimal TCP uses WiFi until 30 s, then cellular.
    static func windows(
        away: Range<Int>? = nil, moves: [(Int, String)] = [(0, "wifi"), (30, "cellular")], silent: Range<Int> = 0..<0
    ) -> [ComparisonResult.BuiltWindow] {
        let traces = [trace("wifi", away: away), trace("cellular")]
        let runs = [
            run(.tcp(path: "wifi")) { $0 < 30 ? 1000 : 100 }, run(.tcp(path: "cellular")) { $0 < 30 ? 100 : 1000 },
            run(.optimalBuilt, { $0 / 10 == 3 ? 600 : 1100 }, moves: moves, silent: silent),
        ]
        let oracles = ComparisonResult.oracles(runs: runs, traces: traces, window: .seconds(10))
        return BuiltAccount.windows(runs: runs, oracles: oracles, traces: traces)
    }

    @Test("Each window has the bytes and paths of both, and windows after a switch are marked")
    func known() {
        let windows = Self.windows()
        #expect(windows.map(\.span.lowerBound) == (0..<6).map { .seconds($0 * 10) })
        #expect(windows.map(\.builtPath) == ["wifi", "wifi", "wifi", "cellular", "cellular", "cellular"])
        #expect(windows.map(\.splicedPath) == windows.map(\.builtPath))
        #expect(windows.map(\.missing.bytes) == [-1000, -1000, -1000, 4000, -1000, -1000])
        #expect(windows.map(\.cause) == [.other, .other, .other, .switched, .other, .other])
    }

    @Test("A detachment within a window is its cause, whatever else there is", arguments: [5, 12, 29])
    func detached(second: Int) {
        let causes = Self.windows(away: second..<second + 1).map(\.cause)
        // The run begins half a second into the walk.
        #expect(causes.firstIndex(of: .away) == second / 10)
        #expect(causes.count { $0 == .away } == 1)
    }

    @Test(
        "Half a second of silence over a link that could carry is a cause too, less is not",
        arguments: [(49, false), (50, true)])
    func silent(bins: Int, isCause: Bool) {
        let causes = Self.windows(silent: 1500..<1500 + bins).map(\.cause)
        #expect((causes[1] == .away) == isCause)
        #expect(causes[2] == .other)
    }

    @Test("A window says where oracle and splice chose differently")
    func chosenOtherwise() {
        let causes = Self.windows(moves: [(0, "wifi"), (30, "cellular"), (40, "wifi")]).map(\.cause)
        #expect(causes == [.other, .other, .other, .switched, .switched, .chosenOtherwise])
    }

    @Test("Without a built or a spliced Optimal TCP there is nothing to account for")
    func missing() {
        let traces = [Self.trace("wifi"), Self.trace("cellular")]
        let built = [Self.run(.optimalBuilt, { _ in 100 })]
        let oracles = ComparisonResult.oracles(runs: built, traces: traces, window: .seconds(10))
        #expect(BuiltAccount.windows(runs: built, oracles: oracles, traces: traces).isEmpty)
        let spliced = [Self.run(.tcp(path: "wifi"), { _ in 1 }), Self.run(.tcp(path: "cellular"), { _ in 1 })]
        #expect(
            BuiltAccount.windows(
                runs: spliced, oracles: ComparisonResult.oracles(runs: spliced, traces: traces, window: .seconds(10)),
                traces: traces
            ).isEmpty)
    }
}
