// SPDX-License-Identifier: Apache-2.0
import Quantities
import Statistics

/// How far the fluid engine is from the kernel on a sweep's own cells.
package struct FluidErrors: Sendable {
    package struct Row: Sendable {
        package let strategy: String
        /// (fluid - kernel) / kernel of the delivered bytes, for every run in which the kernel delivered any.
        package let errors: Sample
    }

    /// One row for each strategy, in the order of the sweep's strategies.
    package let rows: [Row]
    /// The error of MPTCP's ratio to the strongest Optimal TCP: the fluid engine's ratio minus the kernel's, for every
    /// cell.
    package let ratio: Sample

    /// - Parameter result: the result of `sweep` on the kernel.
    package init(_ sweep: Sweep, _ result: SweepResult) throws {
        var errors: [String: [Double]] = [:]
        var ratios: [Double] = []
        let made = FluidRuns()
        for (index, measured) in result.rows.enumerated() {
            let modelled = try FluidCell.rows(of: SweepCell(sweep, index), made)
            for row in measured where row.kind == .run {
                let model = modelled.first { $0.strategy == row.strategy && $0.seed == row.seed }
                guard let bytes = row.delivered, bytes > .zero, let model = model?.delivered else { continue }
                errors[row.strategy, default: []].append(Double(model.bytes) / Double(bytes.bytes) - 1)
            }
            let measure = SweepMeasure.goodput
            if let real = measure.ratio(of: "mptcp", to: "optimal", in: measured),
                let model = measure.ratio(of: "mptcp", to: "optimal", in: modelled)
            {
                ratios.append(model - real)
            }
        }
        rows = result.strategies.map { Row(strategy: $0, errors: Sample(errors[$0] ?? [])) }
        ratio = Sample(ratios)
    }
}
