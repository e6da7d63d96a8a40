// SPDX-License-Identifier: Apache-2.0
import Comparison
import Documents
import FoundationEssentials
import Kernels
import Plans
import Quantities
import Replays
import Reports
import Results
import System
import Traces
import Verification

extension FuzzTargets {
    /// What a guest hands over, which a program in it may have written.
    static let guest = [
        FuzzTarget("guest-record", seeds: { try GuestSeeds.runs() }) { input in
            // The record of the run, and its series.
            let parts = Parts(input, 2)
            let plan = try GuestSeeds.replay().plan(strategy: .mptcp, seed: 1)
            let directory = try Scratch.emptyDirectory("run")
            let job = try RunFiles.write(plan, [:], to: directory)
            let guest = try directory.subdirectory(RunDirectory.guest)
            try guest.write(parts[0], to: RunRecord.fileName)
            try guest.write(parts[1], to: Series.fileName)
            guard let record = try job.document(RunRecord.self, RunRecord.fileName) else {
                throw Finding("a record was not found")
            }
            _ = try GuestSeeds.saved(record, plan, RunFiles.series(of: record, plan, from: job)).report
        },
        FuzzTarget("guest-program", seeds: { [try GuestSeeds.program()] }) { input in
            let job = GuestJob(id: "run", directory: try Scratch.emptyDirectory("program"), seed: 1)
            let guest = try job.directory.subdirectory(RunDirectory.guest)
            try guest.write(input, to: ProgramRecord.fileName)
            let plan = try GuestSeeds.replay().plan(strategy: .mptcp, seed: 1)
            let record = try job.document(ProgramRecord.self, ProgramRecord.fileName)
            try record?.run.check(against: plan, span: plan.duration)
        },
        FuzzTarget("guest-console", seeds: { [GuestSeeds.console] }) { input in
            var console = Console(log: -1)
            var lines = 0
            console.take(input) { _ in lines += 1 }
            console.end { _ in lines += 1 }
            try expect(lines <= input.count, "a console has more lines than bytes")
            try expect(console.fault?.code != .success, "a fault is a success")
        },
    ]
}

/// A run as a guest may have made it.
enum GuestSeeds {
    static func replay() throws -> Replay {
        try Replay.parse(InputFile(path: "replay.yaml", bytes: Array(ReplaySeeds.replays[0].utf8))) {
            WalkSeeds.file($0)
        }
    }

    /// The result of a comparison that has one run, as it is saved.
    static func saved(_ record: RunRecord, _ plan: RunPlan, _ series: Series) throws -> SavedComparison {
        let replay = try replay()
        let run = PlannedRuns.Finished(
            plan: plan, tables: replay.tables(), record: record, series: series)
        var result = try ComparisonResult(
            replay: replay, kernel: .host(HostKernel(release: "6.12.0")), runs: [run], walkbackVersion: "1.0.0",
            command: "walkback compare replay.yaml")
        result.gates = replay.verdicts(on: result, counters: Set(record.counterNames))
        return try SavedComparison(result)
    }

    private static func record(_ plan: RunPlan) -> RunRecord {
        var record = RunRecord(id: plan.id)
        record.kernelRelease = "6.12.0"
        record.measured = .milliseconds(200)
        record.delivered = ByteCount(20_000)
        record.verified = true
        for path in plan.paths {
            for direction in Direction.allCases {
                var link = RunRecord.Link(path: path.name, direction: direction.rawValue)
                link.arrived = ByteCount(10_000)
                link.packets = 8
                link.largestPacket = ByteCount(1500)
                record.links.append(link)
            }
        }
        record.counters = ["mobile.MPTcpExt.MPJoinSynTx": 1]
        record.counterNames = ["MPTcpExt.MPJoinSynTx"]
        record.events = [
            .init(time: .zero, kind: "connected", path: "wifi"),
            .init(time: .milliseconds(50), kind: "detached", path: "wifi", detail: "the link is down"),
        ]
        record.exchanges = [.init(start: .zero, end: .milliseconds(30), size: ByteCount(1000))]
        record.others = [.init(name: "upload", direction: .up, delivered: ByteCount(100), verified: true)]
        record.congestionControl = "cubic"
        record.scheduler = "default"
        record.sysctls = ["net.mptcp.enabled": "1"]
        return record
    }

    private static func series(_ plan: RunPlan, _ record: RunRecord) -> Series {
        let bins = [UInt32](repeating: 1000, count: 20)
        let links = plan.paths.flatMap { path in
            Direction.allCases.map {
                Series.Link(
                    path: path.name, direction: $0, arrived: bins, lost: bins, dropped: bins,
                    idle: bins.map { _ in true })
            }
        }
        let delays = plan.paths.map { Series.Delays(path: $0.name, queue: [100, 200], roundTrip: [10_000, 0]) }
        return Series(delivered: bins, others: record.others.map { _ in bins }, links: links, delays: delays)
    }

    static func run() throws -> (plan: RunPlan, record: RunRecord, series: Series) {
        let plan = try replay().plan(strategy: .mptcp, seed: 1)
        let record = record(plan)
        return (plan, record, series(plan, record))
    }

    /// The inputs of the target `guest-record`.
    static func runs() throws -> [[UInt8]] {
        let (_, record, series) = try run()
        return [Parts.joined([Array(try JSONEncoder().encode(record)), series.encoded()])]
    }

    static func program() throws -> [UInt8] {
        let (_, record, _) = try run()
        let program = ProgramRecord(
            endedBy: .command, duration: .seconds(1), exitStatus: 0, serverExitStatus: 0, serverEnded: .seconds(1),
            run: record)
        return Array(try JSONEncoder().encode(program))
    }

    static let console = Array(
        """
        [    0.000000] Linux version 6.12.0\r
        walkback: time 12.5
        walkback: transferring under strategy mptcp
        walkback: fault { "code": 65, "message": "the guest has no such path" }
        Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b

        """.utf8)
}
