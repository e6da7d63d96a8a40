// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Fluid
import Kernels
import Settings
import System

/// Executes cells on the fluid engine.
struct FluidExecution {
    let sweep: Sweep
    let cells: SweepCells
    private let runs = FluidRuns()

    init(sweep: Sweep, cells: SweepCells) {
        self.sweep = sweep
        self.cells = cells
        // Each run frees megabytes that the next run allocates again; returning them to the system would cost a tenth
        // of the time.
        walkback_keep_freed_memory()
    }

    /// - Throws: a fault if the grid varies something that the model lacks, so that all cells would give the same.
    static func check(_ sweep: Sweep) throws {
        let unmodelled = Set(Setting.all.map(\.key)).subtracting(FluidRun.settings)
        guard let dimension = sweep.dimensions.first(where: { unmodelled.contains($0.key) }) else { return }
        throw Fault.input(
            sweep.path, "the fluid engine does not model \(dimension.key), which the grid varies; use --engine kernel")
    }

    func run(_ indices: [Int], jobs: Int, cancellation: Cancellation) throws -> SweepOutcome {
        let rows = try GuestPool(width: jobs).map(indices, cancellation: cancellation) {
            [sweep, cells, runs] index, _ in
            let rows = try FluidCell.rows(of: SweepCell(sweep, index), runs)
            guard rows.contains(where: { $0.failure != nil }) else {
                try cells.write(index, rows)
                return [SweepRow]()
            }
            return rows
        }
        let failed = try zip(indices, rows).map { ($0, try $1.get()) }.filter { !$1.isEmpty }
        return SweepOutcome(Dictionary(failed) { first, _ in first }, sweep)
    }
}
