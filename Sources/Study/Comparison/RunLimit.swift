// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Replays
import Reports

/// How much may be run for one result. All runs of a comparison are in memory together, in up to 250 bytes for each row
/// of series.csv, and what reads the result again has to hold its rows.
package enum RunLimit {
    /// - Throws: `Fault` (bad input) if the runs of a replay would have more rows than `SeriesFile.mostRows`.
    package static func check(_ replay: Replay, _ path: String) throws {
        try check(
            runs: replay.strategies.count * replay.seeds, of: replay.duration, workload: replay.workload,
            paths: replay.paths.count, path, "choose fewer strategies or seeds, or a shorter walk")
    }

    /// - Parameter remedy: the end of a sentence.
    static func check(
        runs: Int, of duration: Duration, workload: Workload, paths: Int, _ path: String, _ remedy: String
    ) throws {
        let hours = duration.seconds / 3600 * Double(runs)
        let rows = hours * 36_000 * Double(workload.directions.count + 2 * paths)
        guard rows <= Double(SeriesFile.mostRows) else {
            let most = hours * Double(SeriesFile.mostRows) / rows
            throw Fault.input(
                path,
                "\(runs) runs of \(duration.seconds.text()) s are \(hours.text(decimals: 1)) h on "
                    + "\(paths) path\(paths == 1 ? "" : "s"), and at most \(most.text(decimals: 1)) h fit into memory; "
                    + remedy)
        }
    }
}
