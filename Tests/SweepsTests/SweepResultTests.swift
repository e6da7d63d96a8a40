// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Reports
import Statistics
import Testing
import Traces

@testable import Sweeps

struct `What a sweep found` {
    private func row(_ strategy: String, _ megabytes: Int64, kind: SweepRow.Kind = .run, seed: UInt64 = 1) -> SweepRow {
        var row = SweepRow(
            kind: kind, strategy: strategy, seed: seed, direction: .down, duration: .seconds(8),
            delivered: ByteCount(megabytes * 1_000_000))
        if kind == .run {
            row.verified = true
            row.violations = 0
            row.energy = ["hybrid": 4, "constant": 8]
            row.wire = ["wifi": ByteCount(megabytes * 1_050_000)]
        }
        return row
    }

    private func result(_ cells: [[SweepRow]]) -> SweepResult {
        SweepResult(
            identity: SweepIdentity(
                name: "small", sha256: "", definition: "name: small", engine: "kernel", walkback: "0",
                kernelRelease: "6", kernelPatches: [],
                kernelSHA256: "",
                command: "walkback sweep small.yaml", columns: ["walk", "wifi_coverage_percent"],
                values: [["1", "2"], ["0", "50"]], isWalk: [true, false]), rows: cells)
    }

    private var example: SweepResult {
        result([
            [row("mptcp", 10), row("optimal", 10, kind: .bound)],
            [
                row("mptcp", 12), row("mptcp", 18, seed: 2), row("optimal", 10, kind: .bound),
                row("optimal", 10, kind: .bound, seed: 2),
            ],
            [row("mptcp", 9), row("optimal", 10, kind: .bound)],
            [row("mptcp", 11), row("optimal", 10, kind: .bound)],
        ])
    }

    @Test func `is paired by walk, seeds of one walk counting once`() throws {
        let gains = SweepGains.all(of: example).filter { $0.strategy == "mptcp" }
        #expect(gains.map(\.point) == [["0"], ["50"]])
        #expect(gains[0].ratios == [1, 0.9])
        #expect(gains[1].ratios == [1.5, 1.1])
        #expect(gains[1].mean == 1.3)
        // t for one degree of freedom, 12.706, times the standard error, 0.2 x sqrt 2 / sqrt 2.
        let interval = try #require(gains[1].interval)
        #expect(abs(interval.high - (1.3 + 12.7062 * 0.2)) < 1e-3)
        #expect(interval.low == 0, "no ratio is negative")
    }

    @Test func `is a row for each run and bound`() {
        let lines = example.csv.split(separator: "\n")
        #expect(
            lines[0]
                == "cell,walk,wifi_coverage_percent,kind,strategy,seed,direction,duration_s,app_bytes,"
                + "goodput_mbps,longest_gap_s,wire_bytes_wifi,energy_constant_j,energy_hybrid_j,verified,"
                + "fidelity_violations,failure")
        #expect(lines[1] == "1,1,0,run,mptcp,1,down,8,10000000,10,,10500000,8,4,1,0,")
        #expect(lines[2] == "1,1,0,bound,optimal,1,down,8,10000000,10,,,,,,,")
        #expect(lines.count == 11)
    }

    @Test func `is not trustworthy with a run that is not`() {
        #expect(example.exitCode == .success)
        var bad = row("mptcp", 10)
        bad.violations = 2
        let doubtful = result([[bad], [], [], []])
        #expect(doubtful.exitCode == .notTrustworthy)
        #expect(doubtful.doubts == ["walk 1, wifi_coverage_percent 0, mptcp, seed 1: 2 windows differ from the trace"])
        var failed = row("mptcp", 10)
        failed.failure = "no room, \"none\""
        #expect(result([[failed], [], [], []]).csv.contains(",\"no room, \"\"none\"\"\""))
    }

    @Test func `compares energy by bits for each joule`() throws {
        let efficiency = SweepMeasure.efficiency(model: "hybrid")
        #expect(example.values(of: "mptcp", by: efficiency, at: ["0"]).values == [20, 18])
        #expect(example.ratios(of: "mptcp", to: "mptcp", by: efficiency, at: ["0"]).values == [1, 1])
        #expect(example.values(of: "mptcp", by: .efficiency(model: "none"), at: ["0"]).values.isEmpty)
    }

    @Test func `has curves over its one parameter of numbers`() throws {
        let figures = try #require(SweepFigures(example))
        #expect(figures.gain.curves.map(\.name) == ["mptcp"])
        #expect(figures.gain.curves[0].points.map(\.value) == [0.95, 1.3])
        #expect(figures.goodput.parameter == "wifi coverage, per cent")
        let page = SweepReport.html(of: example)
        #expect(page.contains("<svg"))
        // A script hides a walk's static figure and draws another in its place. Nothing replaces a sweep's, so it is
        // not marked.
        #expect(!page.contains("class=\"still\""))
    }
}
