import Quantities

/// Optimal TCP as the paper computes it, from measured runs: in every window the in-order application bytes that the better
/// path's own TCP delivered in it, with no cost of switching.
///
/// Each path is carried by one real TCP for the whole run, the stalled or the reconnecting one; of all such choices the one
/// that gives most counts, which is the strongest opponent that is still made of connections one could have had. Choosing
/// between the two anew in every window would instead credit Optimal TCP with the luckier of two samples of one link.
package struct SplicedOptimal: Sendable, Equatable {
    /// One single-path run: which, and its in-order application bytes per 10 ms since the first SYN.
    package struct Delivery: Sendable, Equatable {
        package let run: String
        package let delivered: [UInt32]

        package init(run: String, delivered: [UInt32]) {
            self.run = run
            self.delivered = delivered
        }
    }

    /// The two TCPs of one path, as far as they were run.
    package struct Path: Sendable, Equatable {
        package var stalled: Delivery?
        package var reconnecting: Delivery?

        package init(stalled: Delivery? = nil, reconnecting: Delivery? = nil) {
            self.stalled = stalled
            self.reconnecting = reconnecting
        }
    }

    /// nil where a path lacks the run it takes.
    package let best: ByteCount?
    package let stalled: ByteCount?
    package let reconnecting: ByteCount?
    /// For each unshifted window of `best`, the run it took.
    package let runs: [String]

    package init(paths: [Path], windows: OracleWindows) {
        let splices = Splices(paths)
        stalled = splices.stalled?.total(windows)
        reconnecting = splices.reconnecting?.total(windows)
        var best: (total: ByteCount, splice: Splice)?
        for splice in splices.all {
            let total = splice.total(windows)
            if best.map({ total > $0.total }) ?? true { best = (total, splice) }
        }
        self.best = best?.total
        runs = best?.splice.runs(windows) ?? []
    }
}
