// SPDX-License-Identifier: Apache-2.0
import Comparison
import Documents
import Energy
import Glibc
import Kernels
import Plans
import Results
import Synchronization
import System
import SystemPackage

/// Executes a sweep's runs, several at a time, and writes each cell to its file as soon as its last run is finished.
final class SweepExecution: Sendable {
    private struct State {
        /// The outcomes of runs that unfinished cells still need.
        var outcomes: [Int: Result<Outcome, Fault>] = [:]
        /// For each run, the number of cells that still need it.
        var needed: [Int]
        /// For each cell, the number of runs that it still waits for.
        var missing: [Int]
        /// The rows that there are of each failed cell.
        var failed: [Int: [SweepRow]] = [:]
    }

    private struct Outcome {
        let record: RunRecord
        let series: Series
    }

    private let sweep: Sweep
    private let runs: SweepRuns
    private let kernel: Kernel
    private let cells: SweepCells
    private let walkbackVersion: String
    /// The directory in which each run gets a directory.
    private let directory: HeldDirectory
    private let output: HeldDirectory
    /// The directory in the output in which the directories of failed runs are kept.
    static let failedName = "failed"
    /// For each run, the places in `runs.cells` of the cells that need it.
    private let users: [[Int]]
    private let state: Mutex<State>

    init(
        sweep: Sweep, runs: SweepRuns, kernel: Kernel, cells: SweepCells, walkbackVersion: String,
        directory: HeldDirectory, output: HeldDirectory
    ) {
        self.sweep = sweep
        self.runs = runs
        self.kernel = kernel
        self.cells = cells
        self.walkbackVersion = walkbackVersion
        self.directory = directory
        self.output = output
        var users = [[Int]](repeating: [], count: runs.distinct.count)
        for (place, cell) in runs.cells.enumerated() {
            for run in Set(cell.runs) { users[run].append(place) }
        }
        self.users = users
        state = Mutex(State(needed: users.map(\.count), missing: runs.cells.map { Set($0.runs).count }))
    }

    /// - Throws: the fault that ended all runs: a signal, a full disk, or a kernel that cannot be run at all.
    func run(jobs: Int, cancellation: Cancellation) throws -> SweepOutcome {
        let longest = runs.distinct.map(\.duration).max() ?? .zero
        let display = ProgressDisplay(runs: runs.distinct.count, runDuration: longest)
        defer { display.end() }
        let pool = GuestPool(width: jobs, stopsAtFirstFault: true)
        _ = try pool.map(Array(runs.distinct.indices), cancellation: cancellation) { [self] index, cancellation in
            let run = runs.distinct[index]
            let (plan, tables) = try SweepCell(sweep, run.cell).executable(run.place)
            let name = "\(index)"
            var job = try RunFiles.write(plan, tables, to: directory.subdirectory(name))
            job.id = "\(run.cell + 1).\(plan.id)"
            let outcome: Result<Outcome, Fault>
            do {
                let record = try GuestPool.execute(
                    job, on: kernel, cancellation: cancellation, progress: display.take)
                outcome = .success(
                    Outcome(record: record, series: try RunFiles.series(of: record, plan, from: job)))
                directory.remove(name)
            } catch let fault as Fault where Self.isOfOneRun(fault) && cancellation.fault == nil {
                outcome = .failure(try keep(name, of: job, fault))
            }
            for place in finish(index, outcome) { try complete(place) }
        }
        return state.withLock { SweepOutcome($0.failed, sweep) }
    }

    /// Whether other runs may still succeed. What the machine lacks, it lacks for all runs.
    private static func isOfOneRun(_ fault: Fault) -> Bool {
        [.failed, .badInput, .notTrustworthy].contains(fault.code)
    }

    /// Keeps the directory of a failed run for whoever looks for the cause.
    private func keep(_ name: String, of job: GuestJob, _ fault: Fault) throws -> Fault {
        let failed = try output.subdirectory(Self.failedName)
        failed.remove(job.id)
        guard (try? directory.move(name, to: failed, as: job.id)) != nil else { return fault }
        return Fault(
            fault.code,
            fault.message.replacing(job.directory.path.string, with: failed.path.appending(job.id).string))
    }

    /// - Returns: the cells of which this was the last run.
    private func finish(_ index: Int, _ outcome: Result<Outcome, Fault>) -> [Int] {
        state.withLock { state in
            state.outcomes[index] = outcome
            return users[index].filter { place in
                state.missing[place] -= 1
                return state.missing[place] == 0
            }
        }
    }

    /// Measures a cell all of whose runs are finished, and writes it to its file.
    private func complete(_ place: Int) throws {
        let (index, wanted) = runs.cells[place]
        let cell = try SweepCell(sweep, index)
        let outcomes = state.withLock { state in wanted.map { state.outcomes[$0] } }
        var finished: [PlannedRuns.Finished] = []
        var failed: [SweepRow] = []
        for (place, outcome) in outcomes.enumerated() {
            let plan = cell.plans[place]
            switch outcome {
            case .success(let outcome):
                var (executed, tables) = cell.executable(place)
                (executed.id, executed.strategy) = (plan.id, plan.strategy)
                finished.append(
                    .init(plan: executed, tables: tables, record: outcome.record, series: outcome.series))
            case .failure(let fault):
                var row = SweepRow(
                    kind: .run, strategy: plan.strategy.description, seed: plan.seed,
                    direction: plan.workload.directions[0], duration: plan.duration, delivered: nil)
                row.failure = fault.message
                failed.append(row)
            case nil: break
            }
        }
        let result = try ComparisonResult(
            replay: cell.replay, kernel: kernel, runs: finished, walkbackVersion: walkbackVersion, command: "")
        let rows = SweepRow.all(runs: result.runs, oracles: result.oracles) + failed
        if failed.isEmpty { try cells.write(index, rows) }
        state.withLock { state in
            if !failed.isEmpty { state.failed[index] = rows }
            for run in Set(wanted) {
                state.needed[run] -= 1
                if state.needed[run] == 0 { state.outcomes[run] = nil }
            }
        }
    }
}
