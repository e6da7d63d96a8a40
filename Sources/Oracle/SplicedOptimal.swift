import Runs
import Units

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
        func complete(_ deliveries: [Delivery?]) -> [Delivery]? {
            let present = deliveries.compactMap { $0 }
            return present.count == paths.count && !paths.isEmpty ? present : nil
        }
        stalled = complete(paths.map(\.stalled)).map { Splice($0).total(windows) }
        reconnecting = complete(paths.map(\.reconnecting)).map { Splice($0).total(windows) }
        var choices: [[Delivery]] = [[]]
        for path in paths {
            choices = choices.flatMap { chosen in
                [path.stalled, path.reconnecting].compactMap { $0 }.map { chosen + [$0] }
            }
        }
        var best: (total: ByteCount, splice: Splice)?
        for choice in choices where !choice.isEmpty {
            let splice = Splice(choice)
            let total = splice.total(windows)
            if best.map({ total > $0.total }) ?? true { best = (total, splice) }
        }
        self.best = best?.total
        runs = best?.splice.runs(windows) ?? []
    }
}

/// One delivery for each path.
private struct Splice {
    private let runs: [String]
    /// Bytes before each bin.
    private let before: [[Int64]]

    init(_ deliveries: [SplicedOptimal.Delivery]) {
        runs = deliveries.map(\.run)
        before = deliveries.map { delivery in
            var sums: [Int64] = [0]
            sums.reserveCapacity(delivery.delivered.count + 1)
            var sum: Int64 = 0
            for bytes in delivery.delivered {
                sum += Int64(bytes)
                sums.append(sum)
            }
            return sums
        }
    }

    func total(_ windows: OracleWindows) -> ByteCount {
        ByteCount(
            nearest: windows.mean { span in
                Double(before.indices.map { bytes(of: $0, in: span) }.max() ?? 0)
            })
    }

    /// The first of equals.
    func runs(_ windows: OracleWindows) -> [String] {
        let edges = windows.edges(shift: .zero)
        return zip(edges, edges.dropFirst()).map { start, end in
            var best = 0
            for path in before.indices where bytes(of: path, in: start..<end) > bytes(of: best, in: start..<end) {
                best = path
            }
            return runs[best]
        }
    }

    private func bytes(of path: Int, in span: Range<Duration>) -> Int64 {
        let sums = before[path]
        func sum(_ time: Duration) -> Int64 {
            // Whole bins; the last, cut by the run's end, belongs to the last window.
            let bin = (time.wholeNanoseconds + Series.binWidth.wholeNanoseconds - 1) / Series.binWidth.wholeNanoseconds
            return sums[min(Int(max(0, bin)), sums.count - 1)]
        }
        return sum(span.upperBound) - sum(span.lowerBound)
    }
}
