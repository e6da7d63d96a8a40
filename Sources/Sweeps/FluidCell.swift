import Energy
import Fluid
import Oracle
import Runs
import Units

/// A cell on the fluid engine.
enum FluidCell {
    /// - Returns: its rows; a run that is not modelled has one that says so.
    static func rows(of cell: SweepCell) -> [SweepRow] {
        var runs: [ComparisonResult.Run] = []
        var failed: [SweepRow] = []
        var known: [String: FluidRun] = [:]
        for (place, plan) in cell.plans.enumerated() {
            let (executable, tables) = cell.executable(place)
            guard let run = known[executable.id] ?? FluidRun(plan: executable, tables: tables) else {
                var row = SweepRow(
                    kind: .run, strategy: plan.strategy.description, seed: plan.seed,
                    direction: plan.workload.directions[0], duration: plan.duration, delivered: nil)
                row.failure = "the fluid engine does not model this run: use the kernel for it"
                failed.append(row)
                continue
            }
            known[executable.id] = run
            runs.append(measured(run, plan: plan, executable: executable))
        }
        let oracles = Bounds.oracles(
            runs: runs, traces: cell.replay.traces, window: cell.replay.oracleWindow, workload: cell.replay.workload)
        return SweepRow.all(runs: runs, oracles: oracles, isMeasured: false) + failed
    }

    private static func measured(_ run: FluidRun, plan: RunPlan, executable: RunPlan) -> ComparisonResult.Run {
        let paths = executable.paths.map { path in
            let links = run.series.links.filter { $0.path == path.name }
            let arrived = links.reduce(0) { sum, link in link.arrived.reduce(sum) { $0 + Int64($1) } }
            return ComparisonResult.RunPath(name: path.name, wireBytes: ByteCount(arrived), droppedBytes: .zero)
        }
        var counted = executable
        counted.strategy = plan.strategy
        return ComparisonResult.Run(
            id: plan.id, strategy: plan.strategy, seed: plan.seed, direction: plan.workload.directions[0],
            offset: plan.offset, duration: plan.duration, delivered: run.delivered,
            longestGap: LongestGap.of(delivered: run.series.delivered), verified: true, paths: paths, fidelity: [],
            counters: [:], events: [], series: run.series,
            energy: ComparisonResult.Energy.all(plan: counted, series: run.series, duration: plan.duration))
    }
}
