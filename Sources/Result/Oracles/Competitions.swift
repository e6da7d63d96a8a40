// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Statistics

/// MPTCP against TCPs that share its links (the paper's section 3.1, second part).
package enum Competitions {
    /// One competition for each run in which MPTCP competed, in order of seed.
    ///
    /// - Parameter window: how long the Optimal TCP that is computed from the competing TCPs stays on a path.
    package static func all(of runs: [ComparisonResult.Run], window: Duration) -> [ComparisonResult.Competition] {
        runs.filter { $0.strategy == .mptcpCompeting }.sorted { $0.seed < $1.seed }.map { run in
            let rivals = zip(run.others, run.series.others).filter { flow, _ in
                flow.direction == run.direction && flow.name.hasPrefix("tcp-")
            }
            let splices = Splices(
                rivals.map { flow, delivered in .init(stalled: .init(run: flow.name, delivered: delivered)) })
            let optimal = splices.best(OracleWindows(length: window, duration: run.duration))?.total
            let shares = Sample(([run.delivered] + rivals.map(\.0.delivered)).map { Double($0.bytes) })
            return ComparisonResult.Competition(
                seed: run.seed, mptcp: run.delivered,
                flows: rivals.map { .init(name: $0.0.name, delivered: $0.0.delivered) }, optimal: optimal,
                ratio: optimal.flatMap {
                    $0.bytes > 0 ? Double(run.delivered.bytes) / Double($0.bytes) : nil
                }, jain: shares.fairness)
        }
    }
}
