// SPDX-License-Identifier: Apache-2.0
import Quantities

/// Optimal TCP as the paper computes it, from measured runs: in every window it takes the in-order application bytes
/// that the better path's own TCP delivered in that window. Switching costs nothing.
///
/// Each path is represented by one real TCP for the whole run, either the stalled or the reconnecting one. Of all these
/// choices, the one that gives most counts. It is the strongest opponent that still consists of connections one could
/// have had. Choosing between the two TCPs again in every window would instead credit Optimal TCP with the luckier of
/// two samples of one link.
package enum SplicedOptimal: Bound {
    package static let name: BoundName = "spliced-optimal"
    package static let summary = "Optimal TCP spliced from measured TCP runs"
    package static let isOptimalTCP = true

    package static func label(window: Duration) -> String { "Optimal TCP, spliced" }

    package static func needs(paths: [String]) -> [BoundNeed] { paths.map { .tcp(over: $0) } }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { Splices(walk).best(walk.windows)?.total }

    /// Takes the path whose own TCP delivers most in each window, and in the last window the one that finishes first.
    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        Splices(walk).best(of: size, window: walk.window)?.time
    }

    /// For a workload of a fixed size, only the windows until it has been transferred.
    package static func choices(in walk: MeasuredWalk) -> [String] {
        guard let size = walk.size else {
            return Splices(walk).best(walk.windows)?.splice.runs(walk.windows) ?? []
        }
        let best = Splices(walk).best(of: size, window: walk.window)
        return best.map { $0.splice.runs(OracleWindows(length: walk.window, duration: $0.time)) } ?? []
    }
}
