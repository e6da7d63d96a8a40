// SPDX-License-Identifier: Apache-2.0
import Kernels
import Plans
import Replays
import System
import Traces

/// The runs of a comparison: every strategy with every seed. Runs that are equal by construction are executed once.
package struct PlannedRuns {
    struct Planned {
        let plan: RunPlan
        let tables: [String: LinkTable]
        /// Index into `distinct` of the run that is executed in place of this one.
        let executed: Int
    }

    package struct Finished: Sendable {
        let plan: RunPlan
        let tables: [String: LinkTable]
        let record: RunRecord
        let series: Series

        package init(plan: RunPlan, tables: [String: LinkTable], record: RunRecord, series: Series) {
            self.plan = plan
            self.tables = tables
            self.record = record
            self.series = series
        }
    }

    private let all: [Planned]
    let distinct: [(plan: RunPlan, tables: [String: LinkTable])]

    /// - Throws: `Fault` if the replay names something that does not exist.
    init(_ replay: Replay) throws {
        var distinct: [(plan: RunPlan, tables: [String: LinkTable])] = []
        var all: [Planned] = []
        let tables = replay.tables()
        for strategy in replay.strategies {
            for seed in replay.seedValues {
                let plan = try replay.plan(strategy: strategy, seed: seed)
                let canonical = Self.canonical(plan)
                if let index = distinct.firstIndex(where: { $0.plan.id == canonical.id }) {
                    all.append(Planned(plan: plan, tables: tables, executed: index))
                } else {
                    all.append(Planned(plan: plan, tables: tables, executed: distinct.count))
                    distinct.append((canonical, tables))
                }
            }
        }
        self.all = all
        self.distinct = distinct
    }

    /// If the path never goes away, an application that reconnects when its path returns behaves like one that does
    /// not, so both have the same canonical plan.
    package static func canonical(_ plan: RunPlan) -> RunPlan {
        guard let name = plan.onlyPath, plan.strategy == .tcpReconnect(path: name),
            let path = plan.paths.firstIndex(where: { $0.name == name }),
            !MobilitySchedule(plan).entries.contains(where: {
                $0.path == path && ($0.action == .join || $0.action == .renumber)
            })
        else { return plan }
        var canonical = plan
        canonical.strategy = .tcp(path: name)
        canonical.connections = [.tcp(path: name, reconnects: false)]
        canonical.id = "\(canonical.strategy).\(plan.seed)"
        return canonical
    }

    func execute(
        on kernel: Kernel, jobs width: Int, in output: OutputDirectory, cancellation: Cancellation,
        progress: @escaping @Sendable (String, GuestPool.Progress) -> Void
    ) throws -> [Finished] {
        let runs = try output.makeWorkDirectory("runs")
        let finished = try GuestPool(width: width).map(distinct, cancellation: cancellation) { run, cancellation in
            try RunFiles.execute(
                run.plan, run.tables, in: runs, of: output, on: kernel, cancellation: cancellation, progress: progress)
        }.map { try $0.get() }
        return all.map { planned in
            let (record, series) = finished[planned.executed]
            return Finished(plan: planned.plan, tables: planned.tables, record: record, series: series)
        }
    }
}
