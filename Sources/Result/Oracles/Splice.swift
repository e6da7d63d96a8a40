import Plans
import Quantities
import Results

/// One delivery for each path.
struct Splice {
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

    /// When `size` has been delivered, at the end of a bin; nil where that is not within the windows.
    func completion(of size: ByteCount, _ windows: OracleWindows) -> Duration? {
        windows.meanCompletion(
            of: Double(size.bytes),
            best: { span in Double(before.indices.map { bytes(of: $0, in: span) }.max() ?? 0) },
            reaching: { start, rest in
                before.compactMap { sums in
                    let from = sums[bin(start, of: sums)]
                    return sums.firstIndex { Double($0 - from) >= rest }.map { Series.binWidth * $0 }
                }.min()
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
        return sums[bin(span.upperBound, of: sums)] - sums[bin(span.lowerBound, of: sums)]
    }

    /// Whole bins; the last, cut by the run's end, belongs to the last window.
    private func bin(_ time: Duration, of sums: [Int64]) -> Int {
        let width = Series.binWidth.wholeNanoseconds
        return min(Int(max(0, (time.wholeNanoseconds + width - 1) / width)), sums.count - 1)
    }
}

/// All splices that some paths allow.
struct Splices {
    /// nil where a path lacks the run that these take.
    let stalled: Splice?
    let reconnecting: Splice?
    /// Every choice of one TCP for each path.
    let all: [Splice]

    init(_ paths: [SplicedOptimal.Path]) {
        func complete(_ deliveries: [SplicedOptimal.Delivery?]) -> Splice? {
            let present = deliveries.compactMap { $0 }
            return present.count == paths.count && !paths.isEmpty ? Splice(present) : nil
        }
        stalled = complete(paths.map(\.stalled))
        reconnecting = complete(paths.map(\.reconnecting))
        var choices: [[SplicedOptimal.Delivery]] = [[]]
        for path in paths {
            choices = choices.flatMap { chosen in
                [path.stalled, path.reconnecting].compactMap { $0 }.map { chosen + [$0] }
            }
        }
        all = choices.filter { !$0.isEmpty }.map(Splice.init)
    }
}
