// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Traces

extension ComparisonResult {
    /// One oracle for each seed and direction that was run, in order of seed. There are none for a workload that is not
    /// a bulk transfer: for such a workload, carrying the most bytes does not mean finishing first.
    ///
    /// - Parameter traces: the traces of all paths; the offsets of the runs are on their clock.
    package static func oracles(
        runs: [Run], traces: [PathTrace], window: Duration, workload: Workload = Workload()
    ) -> [Oracle] {
        guard workload.isBulk else { return [] }
        return Direction.allCases.flatMap { direction in
            let runs = runs.filter { $0.direction == direction }
            return Set(runs.map(\.seed)).sorted().compactMap { seed in
                walk(of: runs.filter { $0.seed == seed }, traces: traces, window: window, size: workload.size)
                    .map(Oracle.init)
            }
        }
    }

    /// nil if there is no run. All runs have the same seed and direction, and therefore the same offset. They also have
    /// the same duration, unless the workload has a size: then each run ends when it has transferred that size.
    private static func walk(
        of runs: [Run], traces: [PathTrace], window: Duration, size: ByteCount?
    ) -> MeasuredWalk? {
        guard let run = size == nil ? runs.first : runs.max(by: { $0.duration < $1.duration }) else { return nil }
        return MeasuredWalk(
            seed: run.seed, direction: run.direction, traces: traces, offset: run.offset, duration: run.duration,
            window: window, size: size,
            runs: runs.map {
                .init(
                    id: $0.id, strategy: "\($0.strategy)", duration: $0.duration, delivered: $0.delivered,
                    series: $0.series)
            })
    }
}

extension ComparisonResult.Oracle {
    /// Computes every bound that is known for `walk`.
    fileprivate init(of walk: MeasuredWalk) {
        self.init(direction: walk.direction, window: walk.window, seed: walk.seed, size: walk.size)
        for bound in KnownBounds.all {
            bounds[bound.name] = bound.value(for: walk)
            let choices = bound.choices(in: walk)
            if !choices.isEmpty { self.choices[bound.name] = choices }
        }
    }
}
