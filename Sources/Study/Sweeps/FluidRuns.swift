// SPDX-License-Identifier: Apache-2.0
import Energy
import Fluid
import Plans
import Quantities
import Results
import Synchronization
import Traces
import Verification

/// Runs on the fluid engine. The last run of each place in a cell is kept: if the next cell's run does not depend on
/// what varies between the cells, such as 3G when only WiFi varies, it is the same run.
final class FluidRuns: Sendable {
    private struct Made {
        let plan: RunPlan
        let tables: [String: LinkTable]
        let run: ComparisonResult.Run
    }

    private let last = Mutex<[Int: Made]>([:])

    /// The run of a cell's plan; nil if it is not modelled.
    func run(_ place: Int, of cell: SweepCell) throws -> ComparisonResult.Run? {
        let (plan, tables) = cell.executable(place)
        if let made = last.withLock({ $0[place] }), made.plan == plan, made.tables == tables { return made.run }
        guard let modelled = try FluidRun(plan: plan, tables: tables) else { return nil }
        let run = Self.measured(modelled, plan: cell.plans[place], executable: plan)
        last.withLock { $0[place] = Made(plan: plan, tables: tables, run: run) }
        return run
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
