// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// What one could have had by taking, in every window, the bytes of the run that delivered most in it. Switching costs
/// nothing.
public struct Splice: Sendable {
    /// One run: which, and its in-order application bytes per 10 ms since the first SYN.
    public struct Delivery: Sendable, Equatable {
        /// The run's id, as in comparison.json: `tcp-wifi.1`.
        public let run: String
        /// In-order application bytes of each 10 ms, the first from the first SYN on.
        public let delivered: [UInt32]

        /// Creates a delivery; each parameter is the property of the same name.
        public init(run: String, delivered: [UInt32]) {
            self.run = run
            self.delivered = delivered
        }

        /// What a measured run delivered.
        public init(_ run: MeasuredWalk.Run) {
            self.init(run: run.id, delivered: run.series.delivered)
        }
    }

    private let runs: [String]
    /// The bytes of each run before each bin.
    private let before: [[Int64]]

    /// Splices the deliveries of one walk.
    public init(_ deliveries: [Delivery]) {
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

    /// The total of application bytes.
    public func total(_ windows: OracleWindows) -> ByteCount {
        ByteCount(
            nearest: windows.mean { span in
                Double(before.indices.map { bytes(of: $0, in: span) }.max() ?? 0)
            })
    }

    /// When `size` has been delivered, at the end of a bin; nil if that is not within the windows.
    public func completion(of size: ByteCount, _ windows: OracleWindows) -> Duration? {
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

    /// The run taken in each unshifted window; if several are equal, the first.
    public func runs(_ windows: OracleWindows) -> [String] {
        guard !runs.isEmpty else { return [] }
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

    /// The index of a whole bin. The last bin, which the run's end cuts, belongs to the last window.
    private func bin(_ time: Duration, of sums: [Int64]) -> Int {
        let width = Series.binWidth.wholeNanoseconds
        return min(Int(max(0, (time.wholeNanoseconds + width - 1) / width)), sums.count - 1)
    }
}
