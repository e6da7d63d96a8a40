// SPDX-License-Identifier: Apache-2.0
import Plans
import Results
import System
import SystemPackage
import Testing
import TraceFormats
import Traces
import Determinism
import Documents
import Quantities

@testable import Comparison
@testable import Kernels
@testable import Replays

/// A result says about its runs what their records say.
@Suite struct `A result's facts` {
    private let replay: Replay
    private let kernel = Kernel.host(HostKernel(release: "6.0"))

    init() throws {
        let text = """
            name: walk
            paths:
              wifi: {trace: wifi, family: ipv6, subflows: 2, address_changes: [5s]}
              cellular: {trace: cellular, kind: cellular}
            strategies: [tcp-wifi, mptcp]
            seeds: 1
            oracle: {window: 4s, switching_cost: 0.5s}
            transport: {congestion_control: lia}
            """
        replay = try Replay.parse(InputFile(path: "walk.yaml", bytes: Array(text.utf8))) { name in
            let trace = """
                # walkback trace 1
                # path: \(name)   kind: \(name)   duration_s: 20   curve: linear
                # queue_down: 100000 B   queue_up: 64000 B   accounting: ip
                # source: test
                time_s,down_mbps,up_mbps,delay_down_ms,delay_up_ms,loss_down,loss_up,attached,signal_dbm
                0,8,2,10,10,0,0,1,

                """
            return InputFile(path: name, bytes: Array(trace.utf8))
        }
    }

    /// The result of runs as a kernel might have made them, each record altered by `change`.
    private func result(_ change: (inout RunRecord) -> Void = { _ in }) throws -> ComparisonResult {
        let finished = try replay.strategies.map { strategy in
            let plan = try replay.plan(strategy: strategy, seed: 1)
            var record = RunRecord(id: plan.id)
            record.measured = .seconds(1)
            record.delivered = ByteCount(1000)
            record.kernelRelease = "6.1"
            record.congestionControl = "lia"
            record.scheduler = "default"
            record.sysctls = ["net.mptcp.enabled": "1"]
            for (index, path) in plan.paths.enumerated() {
                for direction in Direction.allCases {
                    var link = RunRecord.Link(path: path.name, direction: direction.rawValue)
                    link.packets = Int64(10 * (index + 1) + (direction == .up ? 1 : 0))
                    record.links.append(link)
                }
            }
            change(&record)
            let bins = [UInt32](repeating: 10, count: 100)
            let links = plan.paths.flatMap { path in
                Direction.allCases.map {
                    Series.Link(
                        path: path.name, direction: $0, arrived: bins, lost: bins, dropped: bins,
                        idle: bins.map { _ in true })
                }
            }
            return PlannedRuns.Finished(
                plan: plan, tables: replay.tables(), record: record, series: Series(delivered: bins, links: links))
        }
        return try ComparisonResult(
            replay: replay, kernel: kernel, runs: finished, walkbackVersion: "1", command: "walkback compare walk.yaml")
    }

    @Test func `are the kernel's answers and the replay's settings`() throws {
        let result = try result()
        #expect(result.runs.map(\.failure) == [nil, nil])
        #expect(result.environment.congestionControl == "lia" && result.environment.kernelRelease == "6.1")
        #expect(result.environment.settings.oracle.window == .seconds(4))
        #expect(result.environment.settings.oracle.switchingCost == .milliseconds(500))
        #expect(
            result.replay.pathSettings == [
                .init(family: .ipv6, subflows: 2, addressChanges: [.seconds(5)]),
                .init(family: .ipv4, subflows: 1, addressChanges: []),
            ])
        for run in result.runs {
            #expect(run.paths.map(\.packetsDown) == [10, 20] && run.paths.map(\.packetsUp) == [11, 21])
        }
    }

    @Test func `name what the runs had where that is not what was asked for, and such a run is not trusted`() throws {
        let result = try result { if $0.id == "mptcp.1" { $0.congestionControl = "cubic" } }
        #expect(result.environment.congestionControl == "cubic, lia")
        #expect(result.environment.settings.transport.congestionControl == "lia")
        #expect(result.runs.map(\.congestionControl) == ["lia", "cubic"])
        #expect(
            result.runs.map(\.failure) == [
                nil,
                "congestion control 'lia' was requested, but the kernel reports 'cubic' for the connections of the run",
            ])
    }

    @Test func `do not make up a congestion control for runs that had no connection`() throws {
        let result = try result {
            $0.congestionControl = ""
            $0.delivered = .zero
        }
        #expect(result.environment.congestionControl == nil && result.runs.map(\.failure) == [nil, nil])
        let doubtful = try self.result { $0.congestionControl = "" }
        #expect(
            doubtful.runs[0].failure
                == "congestion control 'lia' was requested, but the kernel reports none for any connection of the run"
        )
    }

    @Test(arguments: ["kernel", "scheduler", "sysctl"])
    func `are refused where the runs were not made under the same ones`(_ what: String) throws {
        let fault = #expect(throws: Fault.self) {
            try result { record in
                guard record.id == "mptcp.1" else { return }
                switch what {
                case "kernel": record.kernelRelease = "6.2"
                case "scheduler": record.scheduler = "blest"
                default: record.sysctls = [:]
                }
            }
        }
        let words = [
            "kernel": "the kernel was '6.1' in run tcp-wifi.1 but '6.2' in run mptcp.1",
            "scheduler": "the MPTCP scheduler was 'default' in run tcp-wifi.1 but 'blest' in run mptcp.1",
            "sysctl": "net.mptcp.enabled was '1' in run tcp-wifi.1 but 'not set' in run mptcp.1",
        ]
        #expect(
            fault?.message == words[what].map { "\($0), so the runs cannot be compared; run them again on one kernel" })
    }

    @Test(arguments: [
        ("gone", "left no record of path cellular, uplink"), ("sideways", "in the unknown direction 'sideways'"),
    ])
    func `are not read from a record that lacks a link`(direction: String, words: String) throws {
        let plan = try replay.plan(strategy: .mptcp, seed: 1)
        var record = RunRecord(id: plan.id)
        for path in ["wifi", "cellular"] {
            for own in ["down", "up"] where direction != "gone" || (path, own) != ("cellular", "up") {
                let wrong = direction == "sideways" && own == "up"
                record.links.append(.init(path: path, direction: wrong ? direction : own))
            }
        }
        let fault = #expect(throws: Fault.self) {
            try RunFiles.series(of: record, plan, from: nil)
        }
        #expect(fault?.message.contains(words) == true)
    }

    @Test func `have no plan by an energy model or over a path that there is not`() throws {
        var replay = replay
        replay.settings.energy.model = "hybird"
        let fault = #expect(throws: Fault.self) { try replay.plan(strategy: "mptcp-omniscient", seed: 1) }
        #expect(fault?.message == "there is no energy model 'hybird'; did you mean 'hybrid'?")
        var plan = try replay.plan(strategy: .mptcp, seed: 1)
        #expect(try plan.initialPath() == nil && plan.index(ofPath: "cellular") == 1)
        plan.transport.initialPath = "wlan"
        let missing = #expect(throws: Fault.self) { try plan.initialPath() }
        #expect(missing?.message == "run mptcp.1 names path 'wlan', but its paths are wifi, cellular")
    }
}
