import Plans
import Quantities
import Results
import Traces
import Verification

/// Every bound of a comparison and every ratio to it.
package enum Bounds {
    /// One oracle for each seed and direction that was run, in order of seed; none for a workload that is not in bulk, since
    /// what carries most is then not what is done first.
    ///
    /// - Parameter traces: of all paths, on whose time the runs' offsets are.
    package static func oracles(
        runs: [ComparisonResult.Run], traces: [PathTrace], window: Duration, workload: Workload = Workload()
    ) -> [ComparisonResult.Oracle] {
        guard workload.isBulk else { return [] }
        return Direction.allCases.flatMap { direction in
            let runs = runs.filter { $0.direction == direction }
            return Set(runs.map(\.seed)).sorted().compactMap { seed in
                let ofSeed = runs.filter { $0.seed == seed }
                guard let size = workload.size else { return oracle(of: ofSeed, traces: traces, window: window) }
                return oracle(of: ofSeed, traces: traces, window: window, size: size)
            }
        }
    }

    /// nil without a run. The runs are of one seed and direction, and so of one offset and duration.
    private static func oracle(
        of runs: [ComparisonResult.Run], traces: [PathTrace], window: Duration
    ) -> ComparisonResult.Oracle? {
        guard let first = runs.first else { return nil }
        let windows = OracleWindows(length: window, duration: first.duration)
        var oracle = oracle(like: first, traces: traces, windows: windows)
        let spliced = SplicedOptimal(paths: deliveries(runs, traces), windows: windows)
        oracle.splicedOptimal = spliced.best
        oracle.splicedOptimalStalled = spliced.stalled
        oracle.splicedOptimalReconnect = spliced.reconnecting
        oracle.optimalBuilt = runs.first { $0.strategy == .optimalBuilt }?.delivered
        oracle.splicedRuns = spliced.runs
        return oracle
    }

    /// nil without a run. The runs are of one seed and direction, and so of one offset, but each ends when it has `size`: what
    /// the links could have carried is given until the last of them does.
    private static func oracle(
        of runs: [ComparisonResult.Run], traces: [PathTrace], window: Duration, size: ByteCount
    ) -> ComparisonResult.Oracle? {
        guard let longest = runs.max(by: { $0.duration < $1.duration }) else { return nil }
        var oracle = oracle(
            like: longest, traces: traces, windows: OracleWindows(length: window, duration: longest.duration))
        let end = traces.map(\.duration).min() ?? .zero
        let capacity = CapacityCompletion(
            of: size.onTheWire, curves: traces.map { $0.curve(longest.direction) }, offset: longest.offset,
            windows: OracleWindows(length: window, duration: end - longest.offset))
        let spliced = SplicedCompletion(of: size, paths: deliveries(runs, traces), window: window)
        oracle.splicedRuns = spliced.runs
        oracle.completion = .init(
            size: size, capacitySum: capacity.sum, capacityOptimal: capacity.optimal, bestStatic: capacity.bestStatic,
            splicedOptimal: spliced.best, splicedOptimalStalled: spliced.stalled,
            splicedOptimalReconnect: spliced.reconnecting,
            optimalBuilt: runs.first { $0.strategy == .optimalBuilt }?.completion(of: size))
        return oracle
    }

    /// What the links could have carried in the windows.
    private static func oracle(
        like run: ComparisonResult.Run, traces: [PathTrace], windows: OracleWindows
    ) -> ComparisonResult.Oracle {
        let curves = traces.map { $0.curve(run.direction) }
        let capacity = CapacityBounds(curves: curves, offset: run.offset, windows: windows)
        return ComparisonResult.Oracle(
            direction: run.direction, window: windows.length, seed: run.seed, capacitySum: capacity.sum,
            capacityOptimal: capacity.optimal, bestStatic: capacity.bestStatic,
            capacitySumPayload: capacity.sum.inFullSegments,
            capacityOptimalPayload: capacity.optimal.inFullSegments,
            bestStaticPayload: capacity.bestStatic.inFullSegments)
    }

    /// The TCPs of each path.
    private static func deliveries(_ runs: [ComparisonResult.Run], _ traces: [PathTrace]) -> [SplicedOptimal.Path] {
        func delivery(_ strategy: StrategyName) -> SplicedOptimal.Delivery? {
            runs.first { $0.strategy == strategy }.map { .init(run: $0.id, delivered: $0.series.delivered) }
        }
        return traces.map {
            .init(stalled: delivery(.tcp(path: $0.name)), reconnecting: delivery(.tcpReconnect(path: $0.name)))
        }
    }
}
