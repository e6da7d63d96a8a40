import Kernels

/// The execution of cells on the fluid engine.
struct FluidExecution {
    let sweep: Sweep
    let cells: SweepCells

    func run(_ indices: [Int], jobs: Int, cancellation: Cancellation) throws -> SweepOutcome {
        let rows = try GuestPool(width: jobs).map(indices, cancellation: cancellation) { [sweep, cells] index, _ in
            let rows = FluidCell.rows(of: try SweepCell(sweep, index))
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
