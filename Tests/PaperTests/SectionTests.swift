// SPDX-License-Identifier: Apache-2.0
import Plans
import Results
import Statistics
import System
import Testing
import TraceFormats
import Traces
import Determinism
import Documents
import Quantities

@testable import Paper
@testable import Sweeps

/// Mean 1.11, standard deviation 0.01; t for two degrees of freedom is 4.303.
private let above = [1.10, 1.12, 1.11]
private let aboveText = "1.110 (1.085 to 1.135, 3 walks)"
private let below = [0.90, 0.92, 0.91]
private let belowText = "0.910 (0.885 to 0.935, 3 walks)"

@Suite struct `The page's section on coverage` {
    /// MPTCP has `gains` over Optimal TCP at 20, 40 and 60 %, and WiFi First lies between 3G and Optimal TCP.
    private func result(_ gains: [String: [Double]]) -> SweepResult {
        Made.sweep(over: "wifi_coverage_percent", ["0", "20", "40", "60"]) { walk, coverage in
            [
                Made.run("tcp-cellular", 1), Made.run("wifi-first", above[walk]),
                Made.run("mptcp", 2 * (gains[coverage]?[walk] ?? 1)), Made.optimal(2),
            ]
        }
    }

    private static let claim = "MPTCP beats Optimal TCP at every coverage, typically by 10 to 15 %"

    @Test func `says where a claim holds, where not and where the walks do not tell`() {
        let html = CoverageSection.html(of: result(["20": above, "40": below, "60": [1.05, 1.10, 1.15]]), .walking).text
        // Without WiFi there is nothing to gain, so 0 % is in no claim.
        #expect(
            html.cells(of: Self.claim) == [
                "!not so here",
                "so at 20 %; not so at 40 %; open at 60 %. 20 %: \(aboveText); 40 %: \(belowText); "
                    + "60 %: 1.100 (0.976 to 1.224, 3 walks)",
            ])
        #expect(html.cells(of: "Optimal TCP beats WiFi First")?.first == "so here, too")
    }

    @Test func `agrees where a claim holds everywhere, and is open where one point is`() {
        let agreeing = CoverageSection.html(of: result(["20": above, "40": above, "60": above]), .walking).text
        #expect(agreeing.cells(of: Self.claim)?.first == "so here, too")
        #expect(agreeing.cells(of: Self.claim)?.last?.hasPrefix("so at 20 %, 40 %, 60 %. ") == true)
        let open = CoverageSection.html(of: result(["20": above, "40": [0.9, 1.3, 1], "60": above]), .walking).text
        #expect(open.cells(of: Self.claim)?.first == "these walks do not tell")
    }

    @Test func `has the opposite claim about WiFi First for cars`() {
        let walking = CoverageSection.html(of: result([:]), .walking).text
        #expect(walking.cells(of: "WiFi First is fairly good: better than 3G alone")?.first == "so here, too")
        #expect(!walking.contains("Measured cars"))
        let driving = CoverageSection.html(of: result([:]), .driving).text
        #expect(driving.cells(of: "WiFi First is worse than 3G alone")?.first == "!not so here")
        #expect(driving.contains("<h2>Figure 4: driving</h2>") && driving.contains("Measured cars"))
    }

    /// The number of walks was calculated separately, from the density of Student's t.
    @Test func `says how many walks it takes to tell 10 % from 15 %`() {
        let wide = CoverageSection.html(of: result(["60": [1.05, 1.10, 1.15]]), .walking).text
        #expect(
            wide.contains(
                "<p>At 60 % coverage a walk\u{2019}s gain has a standard deviation of 5.0 points: "
                    + "3 walks give the mean to 12.4 points either way. "
                    + "To tell 10 % from 15 %, which takes 2.5, would need about 18 walks.</p>"))
        let narrow = CoverageSection.html(of: result(["60": above]), .walking).text
        #expect(narrow.contains("a standard deviation of 1.0 points, so that 3 walks tell 10 % from 15 %.</p>"))
        let other = Made.sweep(over: "wifi_coverage_percent", ["50"]) { _, _ in [Made.run("mptcp", 2), Made.optimal(2)]
        }
        #expect(!CoverageSection.html(of: other, .walking).text.contains("standard deviation"))
    }
}

@Suite struct `The page's section on energy` {
    /// Mb/J of each strategy under each model.
    private static func efficiencies(_ walk: Int) -> [(String, [Double])] {
        let mptcp = above[walk]
        // WiFi is ahead of MPTCP under two models and behind it under the third.
        let wifi = [mptcp * 1.1, mptcp * 1.1, mptcp * 0.9]
        let scheduler = wifi.map { $0 * 0.5 }
        return [
            ("tcp-cellular", [1, 1, 1]), ("tcp-wifi", wifi), ("mptcp", [mptcp, mptcp, mptcp]),
            ("mptcp-energy", scheduler), ("mptcp-omniscient", scheduler.map { $0 / [0.9, 1.3, 1][walk] }),
        ]
    }

    private let table = Made.sweep(over: "calibration", ["published", "table-fitted"]) { walk, _ in
        efficiencies(walk).map { Made.run($0, 10, efficiency: $1) }
    }
    private let driving = Made.sweep(over: "wifi_coverage_percent", ["50"]) { walk, _ in
        [
            Made.run("tcp-cellular", 1, efficiency: [1, 1, 1]),
            Made.run("mptcp-energy", 1, efficiency: below),
            Made.run("mptcp-energy-smart", 1, efficiency: below.map { $0 * above[walk] }),
        ]
    }

    @Test func `has our efficiencies next to the paper's`() {
        let html = EnergySection.html(table: table, driving: driving).text
        #expect(
            html.cells(of: "tcp-cellular")
                == ["1.00 ± 0.00", "1.00 ± 0.00", "1.00 ± 0.00", "10.00 ± 0.00", "1.16", "1.24"])
        #expect(
            html.cells(of: "mptcp")
                == ["1.11 ± 0.02", "1.11 ± 0.02", "1.11 ± 0.02", "10.00 ± 0.00", "1.30", "2.79"])
        // The paper gives no number for this one.
        #expect(html.cells(of: "mptcp-omniscient")?.suffix(2) == ["", ""])
        #expect(html.contains("<th scope=\"col\">Mb/J, hybrid</th><th scope=\"col\">Mb/J, rate-linear</th>"))
    }

    @Test func `concludes only what holds under every model`() throws {
        let html = EnergySection.html(table: table, driving: driving).text
        let models = Made.models.map { "\($0) \(aboveText)" }.joined(separator: "; ")
        #expect(
            html.cells(of: "MPTCP over both is more efficient than 3G alone")
                == ["so here, too", "mptcp over tcp-cellular: \(models)"])
        let flips = try #require(html.cells(of: "MPTCP over both is less efficient than WiFi alone"))
        #expect(flips[0] == "these walks do not tell")
        #expect(flips[1].hasSuffix(". The models do not agree, so nothing is concluded"))
        #expect(html.cells(of: "the scheduler is more efficient than WiFi alone")?.first == "!not so here")
        let open = try #require(html.cells(of: "the scheduler beats an omniscient switcher"))
        #expect(open[0] == "these walks do not tell" && !open[1].contains("do not agree"))
        #expect(
            html.cells(of: "damping brings the omniscient switcher up again")
                == [
                    "these walks do not tell",
                    "mptcp-omniscient-damped over mptcp-omniscient: hybrid not measured; rate-linear not measured; "
                        + "constant not measured",
                ])
    }

    @Test func `says of fitted walks that they are, and of no others`() throws {
        let parts = EnergySection.html(table: table, driving: driving).text.split(separator: "<h3>").dropFirst()
        #expect(
            parts.map { $0.prefix { $0 != "<" } } == ["published walks", "table-fitted walks", "WiFi 50 % of the time"])
        #expect(parts.map { $0.contains("fitted to the paper") } == [false, true, false])
    }

    @Test func `has what a scheduler does in a car`() {
        let html = EnergySection.html(table: table, driving: driving).text
        #expect(html.cells(of: "in a car the scheduler loses to 3G alone")?.first == "so here, too")
        let smart = html.cells(of: "one that knows how brief WiFi is does better")
        #expect(smart?.first == "so here, too")
        #expect(smart?.last?.hasPrefix("mptcp-energy-smart over mptcp-energy: hybrid \(aboveText);") == true)
    }
}

@Suite struct `The page's section on radios` {
    /// 3G at 1 Mb/s, and WiFi at 20 Mb/s except in the first `slow` of ten seconds, in which it has `rate`.
    private func html(slow: Int, at rate: Double) -> String {
        func link(_ rate: Double) -> PathTrace.LinkSample {
            .init(rate: .megabitsPerSecond(rate), delay: .milliseconds(10))
        }
        func trace(_ name: String, _ kind: PathKind, _ rates: [(Int, Double)]) -> PathTrace {
            PathTrace(
                name: name, kind: kind, duration: .seconds(10), queueDown: ByteCount(64_000),
                queueUp: ByteCount(64_000), source: "test",
                samples: rates.map { .init(time: .seconds($0), down: link($1), up: link(1)) })
        }
        return RadioSection.html(of: [
            trace("wifi", .wifi, [(0, rate), (slow, 20)]), trace("cellular", .cellular, [(0, 1)]),
        ]).text
    }

    private static let claim = "3G is usually ahead, WiFi far ahead when its signal is good"

    /// By the hybrid model 3G has 0.96 Mb/J at 1 Mb/s, WiFi 5.55 at 20 and 0.54 at 0.5.
    @Test(arguments: [0, 0.5]) func `counts the seconds in which 3G carries more for a joule`(rate: Double) {
        #expect(
            html(slow: 6, at: rate).cells(of: Self.claim)
                == ["so here, too", "3G is ahead in 60 % of the seconds of this walk"])
        #expect(
            html(slow: 4, at: rate).cells(of: Self.claim)
                == ["!not so here", "3G is ahead in 40 % of the seconds of this walk"])
    }
}

@Suite struct `The page's section on the fluid engine` {
    private static func sweep() throws -> Sweep {
        let text = """
            name: small
            generate: {movement: walking, duration: 60s, cellular-mean: 1Mb/s}
            grid: {walk: 1..2, wifi-coverage: [0%, 100%]}
            strategies: [tcp-wifi, tcp-cellular, mptcp]
            seeds: 1
            """
        return try Sweep(InputFile(path: "small.yaml", bytes: Array(text.utf8)), quick: false)
    }

    /// The errors against runs that are the engine's own, except that MPTCP's bytes are multiplied by `factor`.
    private func errors(_ factor: Double) throws -> FluidErrors {
        let sweep = try Self.sweep()
        let rows = try (0..<sweep.cellCount).map { index in
            try FluidCell.rows(of: try SweepCell(sweep, index), FluidRuns()).map { row in
                var row = row
                if row.strategy == "mptcp" {
                    row.delivered = row.delivered.map { ByteCount(Int64((Double($0.bytes) * factor).rounded())) }
                }
                return row
            }
        }
        return try FluidErrors(
            sweep,
            SweepResult(
                identity: SweepIdentity(
                    name: "small", sha256: "", definition: "", engine: "kernel", walkback: "", kernelRelease: "",
                    kernelPatches: [], kernelSHA256: "", command: "", columns: sweep.dimensions.map(\.column),
                    values: sweep.dimensions.map(\.values), isWalk: [true, false]), rows: rows))
    }

    @Test func `has the error of every strategy, and what may not rest on it`() throws {
        let (same, more) = (try errors(1), try errors(1.25))
        let html = FluidSection.html(walking: same, driving: more).text
        let tables = html.components(of: "<table")
        try #require(tables.count == 2)
        // At 0 % WiFi delivers nothing, which has no relative error.
        for table in tables { #expect(table.cells(of: "tcp-wifi") == ["2", "0.0 %", "0.0 %", "0.0 %"]) }
        #expect(tables[0].cells(of: "mptcp") == ["4", "0.0 %", "0.0 %", "0.0 %"])
        #expect(tables[1].cells(of: "mptcp") == ["4", "-20.0 %", "20.0 %", "-20.0 %"])
        #expect(tables[0].cells(of: "mptcp over Optimal TCP") == ["4", "0.0 points", "0.0 points", "0.0 points"])
        #expect(html.contains("<p>The ratio is within 2 points in 4 of 4 cells.</p>"))
        #expect(
            html.contains("<p>The ratio is within 2 points in 0 of 4 cells, so nothing about MPTCP may rest on it.</p>")
        )
    }
}
