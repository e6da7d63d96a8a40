// SPDX-License-Identifier: Apache-2.0
import Energy
import Oracles
import Plans
import Replays
import Results

/// The runs of a cell on the fluid engine.
enum FluidCell {
    /// - Returns: the cell's rows; a run that is not modelled has a row that says so.
    static func rows(of cell: SweepCell, _ made: FluidRuns) throws -> [SweepRow] {
        var runs: [ComparisonResult.Run] = []
        var failed: [SweepRow] = []
        for (place, plan) in cell.plans.enumerated() {
            if let run = try made.run(place, of: cell) {
                runs.append(run)
            } else {
                var row = SweepRow(
                    kind: .run, strategy: plan.strategy.description, seed: plan.seed,
                    direction: plan.workload.directions[0], duration: plan.duration, delivered: nil)
                row.failure = "the fluid engine does not model this run; use --engine kernel"
                failed.append(row)
            }
        }
        let oracles = ComparisonResult.oracles(
            runs: runs, traces: cell.replay.traces, window: cell.replay.settings.oracle.window,
            workload: cell.replay.workload)
        return SweepRow.all(runs: runs, oracles: oracles, isMeasured: false) + failed
    }
}
