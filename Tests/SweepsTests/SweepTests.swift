// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Replays
import Synthesis
import System
import Testing
import TraceFormats
import Traces

@testable import Sweeps

struct `A sweep's file` {
    private func sweep(_ text: String, quick: Bool = false) throws -> Sweep {
        try Sweep(InputFile(path: "grid.yaml", bytes: Array(text.utf8)), quick: quick)
    }

    private static let base = "name: small\ngenerate: {movement: walking, duration: 60s}\n"

    @Test func `makes a cell of every combination, the first key varying slowest`() throws {
        let sweep = try sweep(Self.base + "grid:\n  walk: 1..3\n  wifi-coverage: 0%..100% step 50%\n")
        #expect(sweep.cellCount == 9)
        #expect(sweep.title(of: 0) == "walk 1, wifi-coverage 0")
        #expect(sweep.title(of: 5) == "walk 2, wifi-coverage 100")
        #expect(sweep.dimensions.map(\.column) == ["walk", "wifi_coverage_percent"])
        #expect(sweep.dimensions[1].values == ["0", "50", "100"])
    }

    @Test func `sets generator and replay in each cell`() throws {
        let sweep = try sweep(
            Self.base + """
                set: {mobility.detection: 100ms}
                grid:
                  transport.congestion_control: [lia, cubic]
                  cellular-mean: [0.6Mb/s, 1.24Mb/s]
                  wifi-coverage: [40]
                strategies: [tcp-cellular, mptcp]
                seeds: 2
                """)
        let first = try sweep.replay(of: 0)
        #expect(first.settings.transport.congestionControl == "lia")
        #expect(first.settings.mobility.detection == .milliseconds(100))
        #expect(first.strategies.map(\.description) == ["tcp-cellular", "mptcp"])
        #expect(first.seeds == 2)
        #expect(first.duration == .seconds(60))
        let last = try sweep.replay(of: 3)
        #expect(last.settings.transport.congestionControl == "cubic")
        #expect(last.paths[1].trace.source.contains("--cellular-mean 1.24Mb/s"))
        #expect(sweep.dimensions[1].column == "cellular_mean_mbps")
        #expect(sweep.dimensions[1].values == ["0.6", "1.24"])
    }

    @Test func `gives the walk that the generator's command gives`() throws {
        let sweep = try sweep(Self.base + "grid: {walk: [7], wifi-coverage: [40%]}\n")
        let source = try sweep.replay(of: 0).paths[0].trace.source
        #expect(source.contains("walkback synth walking --wifi-coverage 40 --seed 7 --duration 60s"))
    }

    @Test func `has a quick form that takes the place of what it names`() throws {
        let text = Self.base + "grid: {walk: 1..20, wifi-coverage: [0, 50]}\nquick: {grid: {walk: 1..2}}\n"
        #expect(try sweep(text).cellCount == 40)
        #expect(try sweep(text, quick: true).cellCount == 4)
        #expect(try sweep(text).sha256 != sweep(text, quick: true).sha256)
    }

    @Test func `has a single value as it has a list of one`() throws {
        let single = try sweep(Self.base + "grid: {walk: 1..2, wifi-coverage: 20%}\n")
        #expect(single.dimensions.map(\.values) == [["1", "2"], ["20"]])
    }

    @Test(arguments: [
        ("grid: {walk: []}", "grid.yaml:3:14: 'walk' has no values, so the grid has no cells; write at least one"),
        ("grid: {wlak: 1..2}", "grid.yaml:3:8: unknown key 'wlak'; did you mean 'walk'?"),
        ("grid: {walk: 1..x}", "grid.yaml:3:14: walk '1..x' is not a range"),
        ("grid: {walk: [1, 1]}", "walk lists '1' twice"),
        ("grid: {walk: [-1]}", "'-1' is not a value of walk"),
        ("grid: {walk: 1..1000, wifi-cap: [1Mb/s, 2Mb/s], wifi-coverage: 0..1000}", "more than 1000000 cells"),
        ("seeds: 2", "the sweep has no quick form"),
        ("generat: {}", "unknown key 'generat'; did you mean 'generate'?"),
        ("set: {transprot.scheduler: x}", "unknown key 'transprot.scheduler'"),
    ]) func `is refused with its place`(line: String, message: String) {
        let fault = #expect(throws: (any Error).self) { try sweep(Self.base + line + "\n", quick: line == "seeds: 2") }
        #expect((fault as? Fault)?.code == .badInput)
        #expect("\(fault.map { "\($0)" } ?? "")".contains(message))
    }

    @Test(arguments: [
        ("grid: {wifi-coverage: [140]}", "with wifi-coverage 140: a WiFi coverage of 140 % is not possible"),
        ("grid: {wifi-coverage: [40], cellular-mean: [5Mb/s]}", "cellular-mean 5Mb/s is above cellular-cap 3Mb/s"),
        ("grid: {walk: [1]}", "there is no wifi-coverage"),
        (
            "grid: {wifi-coverage: [40], transport.congestion_contrl: [lia]}",
            "unknown key 'congestion_contrl'; did you mean 'congestion_control'?"
        ),
    ]) func `names the cell that cannot be`(line: String, message: String) throws {
        let sweep = try sweep(Self.base + line + "\n")
        let fault = #expect(throws: Fault.self) { try sweep.replay(of: 0) }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("the cell's replay") == false)
    }
}

struct `Runs that are the same by construction` {
    @Test func `are executed once`() throws {
        let text = """
            name: small
            generate: {movement: walking, duration: 60s, association-mean: 20s}
            grid: {walk: 1..2, wifi-coverage: [50, 90]}
            strategies: [tcp-cellular, mptcp]
            seeds: 1
            """
        let sweep = try Sweep(InputFile(path: "grid.yaml", bytes: Array(text.utf8)), quick: false)
        let runs = try SweepRuns(sweep, cells: Array(0..<4))
        #expect(runs.wanted == 8)
        // A walk's run over 3G is the same at every coverage.
        #expect(runs.cells[0].runs[0] == runs.cells[1].runs[0])
        #expect(runs.cells[0].runs[0] != runs.cells[2].runs[0])
        #expect(Set(runs.cells.map { $0.runs[1] }).count == 4)
        #expect(runs.distinct.count == 6)
        // A run of TCP has a lab with only its own path.
        let (plan, tables) = try SweepCell(sweep, 0).executable(0)
        #expect(plan.paths.map(\.name) == ["cellular"])
        #expect(tables.count == 2)
        #expect(try SweepCell(sweep, 0).executable(1).plan.paths.count == 2)
    }
}

struct `Parts of a grid` {
    @Test(arguments: [(10, 3), (3, 3), (2, 5), (220, 7), (1, 1)]) func `cover it once`(count: Int, parts: Int) throws {
        let cells = try (1...parts).map { try SweepShard("\($0)/\(parts)").cells(of: count) }
        #expect(cells.flatMap(Array.init) == Array(0..<count))
        #expect((cells.map(\.count).max() ?? 0) - (cells.map(\.count).min() ?? 0) <= 1)
    }

    @Test(arguments: ["0/3", "4/3", "1", "a/b", "1/0", "1/2/3", "-1/2"]) func `are refused`(text: String) {
        #expect(throws: Fault.self) { try SweepShard(text) }
    }
}

struct `A generated walk` {
    @Test(arguments: [OutdoorParameters.Movement.walking, .driving]) func `is what its file gives`(
        movement: OutdoorParameters.Movement
    ) throws {
        let parameters = try OutdoorParameters(
            movement: movement, coverage: 0.5, seed: 3, duration: .seconds(300))
        let (wifi, cellular) = OutdoorWalk.generate(parameters)
        for trace in [wifi, cellular] {
            // Therefore a cell, which has no files, is the replay that the generator's command writes.
            let file = InputFile(path: "walk.trace.csv", bytes: Array(TraceFile.text(of: trace).utf8))
            #expect(try TraceFile.parse(file) == trace)
        }
    }
}
