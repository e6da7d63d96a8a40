// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// All splices that can be made of the single-path TCPs of some paths.
package struct Splices: Sendable {
    /// The two TCPs of one path; each is nil if it was not run.
    package struct Path: Sendable, Equatable {
        package var stalled: Splice.Delivery?
        package var reconnecting: Splice.Delivery?

        package init(stalled: Splice.Delivery? = nil, reconnecting: Splice.Delivery? = nil) {
            self.stalled = stalled
            self.reconnecting = reconnecting
        }
    }

    private let paths: [Path]

    package init(_ paths: [Path]) {
        self.paths = paths
    }

    package init(_ walk: MeasuredWalk) {
        paths = walk.traces.map { trace in
            Path(
                stalled: walk.tcp(over: trace.name).map { .init($0) },
                reconnecting: walk.reconnectingTCP(over: trace.name).map { .init($0) })
        }
    }

    /// nil if a path lacks the run that this splice takes.
    package var stalled: Splice? { complete(paths.map(\.stalled)) }
    package var reconnecting: Splice? { complete(paths.map(\.reconnecting)) }

    private func complete(_ deliveries: [Splice.Delivery?]) -> Splice? {
        let present = deliveries.compactMap { $0 }
        return present.count == paths.count && !paths.isEmpty ? Splice(present) : nil
    }

    /// Every choice of one TCP for each path.
    private var all: [Splice] {
        var choices: [[Splice.Delivery]] = [[]]
        for path in paths {
            choices = choices.flatMap { chosen in
                [path.stalled, path.reconnecting].compactMap { $0 }.map { chosen + [$0] }
            }
        }
        return choices.filter { !$0.isEmpty }.map { Splice($0) }
    }

    /// The splice that gives most, or the first of equal ones; nil if a path has no run.
    package func best(_ windows: OracleWindows) -> (total: ByteCount, splice: Splice)? {
        var best: (total: ByteCount, splice: Splice)?
        for splice in all {
            let total = splice.total(windows)
            if best.map({ total > $0.total }) ?? true { best = (total, splice) }
        }
        return best
    }

    /// The splice that finishes first, or the first of equal ones; nil if a path has no run, or if the runs end before.
    package func best(of size: ByteCount, window: Duration) -> (time: Duration, splice: Splice)? {
        var best: (time: Duration, splice: Splice)?
        for splice in all {
            guard let time = splice.completion(of: size, windows(window)) else { continue }
            if best.map({ time < $0.time }) ?? true { best = (time, splice) }
        }
        return best
    }

    /// Windows up to the end of the longest run.
    package func windows(_ window: Duration) -> OracleWindows {
        let bins = paths.flatMap { [$0.stalled, $0.reconnecting] }.compactMap { $0?.delivered.count }.max() ?? 0
        return OracleWindows(length: window, duration: Series.binWidth * bins)
    }
}
