// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Kernels
import Plans
import Quantities
import Replays
import Results
import Traces
import Verification

/// `run.json` (schema `walkback.run/1`) and `series.csv` for one program under one replay.
struct ProgramDocument {
    static let fileName = "run.json"
    static let seriesFileName = "series.csv"

    let json: JSON
    let seriesText: String
    /// Notes for the user, a line each.
    let notes: [String]

    init(
        request: ProgramRequest, plan: ProgramPlan, replay: Replay, kernel: Kernel, record: ProgramRecord,
        series: Series
    ) {
        var measured = plan.run
        measured.duration = record.run.measured
        let tables = replay.tables()
        let fidelity = ComparisonResult.Fidelity.measure(plan: measured, record: record.run, series: series) {
            tables[$1 == .down ? $0.downTable : $0.upTable]
        }
        let doubts = Self.doubts(fidelity, record.run)
        json = .object([
            "schema": .string("walkback.run/1"),
            "replay": .object([
                "name": .string(replay.name), "sha256": .string(replay.sha256),
                "duration_s": .number(replay.duration.seconds),
            ]),
            "environment": .object([
                "walkback": .string(request.walkbackVersion),
                "kernel": .object([
                    "release": .string(record.run.kernelRelease),
                    "patches": .array(kernel.patches.map { .string($0) }),
                ]),
                "congestion_control": .string(record.run.congestionControl),
                "sysctls": .object(record.run.sysctls.mapValues { .string($0) }),
            ]),
            "command": .array(request.command.map { .string($0) }),
            "server_command": request.serverCommand.map { .string($0) } ?? .null,
            "seed": .integer(Int64(clamping: request.seed)),
            "ended_by": .string(record.endedBy.rawValue),
            "ended_s": .number(record.duration.seconds),
            "exit_status": .integer(Int64(record.exitStatus)),
            "server_exit_status": record.serverExitStatus.map { .integer(Int64($0)) } ?? .null,
            "paths": .array(record.run.links.map(Self.link)),
            "events": .array(record.run.events.map(Self.event)),
            "trustworthy": .bool(doubts.isEmpty),
            "doubts": .array(doubts.map { .string($0) }),
        ])
        seriesText = Self.rows(series)
        var notes = doubts.map { "not trustworthy: \($0)" }
        let time = "\(record.duration.seconds.text(decimals: 1)) s"
        switch record.endedBy {
        case .command: notes.append("the command ended at \(time) of the walk, with status \(record.exitStatus)")
        case .trace:
            notes.append(
                "the walk ended at \(time), and the command was told to end; its status is \(record.exitStatus)")
        }
        if let ended = record.serverEnded, let status = record.serverExitStatus, status != 0 {
            notes.append(
                "the server's command ended by itself at \(ended.seconds.text(decimals: 1)) s of the walk, with status "
                    + "\(status)"
            )
        }
        self.notes = notes
    }

    private static func doubts(_ fidelity: [ComparisonResult.Fidelity], _ record: RunRecord) -> [String] {
        let links = fidelity.filter { $0.violations > 0 }.map {
            "path \($0.path), \($0.direction.rawValue)link, differs from its trace in \($0.violations) windows of "
                + "\($0.window.milliseconds.text()) ms"
        }
        let queues = record.links.filter { $0.queueDisciplineDrops != 0 }.map {
            "the queueing discipline of path \($0.path), \($0.direction)link, dropped \($0.queueDisciplineDrops) "
                + "packets, which only the link may drop"
        }
        return links + queues
    }

    private static func link(_ link: RunRecord.Link) -> JSON {
        .object([
            "name": .string(link.path), "direction": .string(link.direction), "wire_bytes": .bytes(link.arrived),
            "packets": .integer(link.packets),
            "dropped_bytes": .bytes(link.droppedQueue + link.droppedLoss + link.droppedDetached),
        ])
    }

    private static func event(_ event: RunRecord.Event) -> JSON {
        .object([
            "time_s": .number(event.time.seconds), "kind": .string(event.kind),
            "path": event.path.map { .string($0) } ?? .null,
        ])
    }

    private static let binsPerRow = 10

    /// What arrived at the far end of each link, in IP bytes per 100 ms.
    private static func rows(_ series: Series) -> String {
        var text = "time_s,path,direction,wire_bytes\n"
        let bins = series.links.map(\.arrived.count).max() ?? 0
        for (row, first) in stride(from: 0, to: bins, by: binsPerRow).enumerated() {
            for link in series.links {
                let bytes = link.arrived[first..<min(first + binsPerRow, link.arrived.count)]
                    .reduce(0) { $0 + Int64($1) }
                text += "\(row / 10).\(row % 10),\(link.path),\(link.direction.rawValue),\(bytes)\n"
            }
        }
        return text
    }
}
