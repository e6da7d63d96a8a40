import Plans
import Quantities
import Results

/// When spliced Optimal TCP has delivered a given number of bytes: in each window the path whose own TCP delivers most, and at
/// last the one that is done first. `SplicedOptimal` says what else is chosen.
package struct SplicedCompletion: Sendable, Equatable {
    /// nil where a path lacks the run it takes, or the runs end before.
    package let best: Duration?
    package let stalled: Duration?
    package let reconnecting: Duration?
    /// For each unshifted window until `best`, the run it took.
    package let runs: [String]

    package init(of size: ByteCount, paths: [SplicedOptimal.Path], window: Duration) {
        let bins = paths.flatMap { [$0.stalled, $0.reconnecting] }.compactMap { $0?.delivered.count }.max() ?? 0
        let windows = OracleWindows(length: window, duration: Series.binWidth * bins)
        let splices = Splices(paths)
        stalled = splices.stalled?.completion(of: size, windows)
        reconnecting = splices.reconnecting?.completion(of: size, windows)
        var best: (time: Duration, splice: Splice)?
        for splice in splices.all {
            guard let time = splice.completion(of: size, windows) else { continue }
            if best.map({ time < $0.time }) ?? true { best = (time, splice) }
        }
        self.best = best?.time
        runs = best.map { $0.splice.runs(OracleWindows(length: window, duration: $0.time)) } ?? []
    }
}
