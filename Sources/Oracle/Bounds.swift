import Runs
import Traces
import Units

/// Every bound of a comparison and every ratio to it.
package enum Bounds {
    /// One oracle for each seed and direction that was run, in order of seed.
    ///
    /// - Parameter traces: of all paths, on whose time the runs' offsets are.
    package static func oracles(
        runs: [ComparisonResult.Run], traces: [PathTrace], window: Duration
    ) -> [ComparisonResult.Oracle] {
        Direction.allCases.flatMap { direction in
            let curves = traces.map { $0.curve(direction) }
            let runs = runs.filter { $0.direction == direction }
            return Set(runs.map(\.seed)).sorted().compactMap { seed in
                oracle(
                    of: runs.filter { $0.seed == seed }, paths: traces.map(\.name), curves: curves, window: window)
            }
        }
    }

    /// nil without a run. The runs are of one seed and direction, and so of one offset and duration.
    private static func oracle(
        of runs: [ComparisonResult.Run], paths: [String], curves: [Curve], window: Duration
    ) -> ComparisonResult.Oracle? {
        guard let first = runs.first else { return nil }
        let windows = OracleWindows(length: window, duration: first.duration)
        let capacity = CapacityBounds(curves: curves, offset: first.offset, windows: windows)
        func delivery(_ strategy: Strategy) -> SplicedOptimal.Delivery? {
            runs.first { $0.strategy == strategy }.map { .init(run: $0.id, delivered: $0.series.delivered) }
        }
        let spliced = SplicedOptimal(
            paths: paths.map {
                .init(stalled: delivery(.tcp(path: $0)), reconnecting: delivery(.tcpReconnect(path: $0)))
            }, windows: windows)
        return ComparisonResult.Oracle(
            direction: first.direction, window: window, seed: first.seed, capacitySum: capacity.sum,
            capacityOptimal: capacity.optimal, bestStatic: capacity.bestStatic,
            capacitySumPayload: capacity.sum.inFullSegments,
            capacityOptimalPayload: capacity.optimal.inFullSegments,
            bestStaticPayload: capacity.bestStatic.inFullSegments, splicedOptimal: spliced.best,
            splicedOptimalStalled: spliced.stalled, splicedOptimalReconnect: spliced.reconnecting,
            optimalBuilt: runs.first { $0.strategy == .optimalBuilt }?.delivered, splicedRuns: spliced.runs)
    }
}
