import Plans
import Quantities

extension ComparisonResult.Oracle {
    /// When each oracle would have transferred a workload's bytes, since the first SYN; nil: not before the trace's end, or not
    /// known without runs that were not asked for.
    package struct Completion: Sendable, Equatable {
        /// Application bytes.
        package var size: ByteCount
        /// Of links that carry full-size segments.
        package var capacitySum: Duration?
        package var capacityOptimal: Duration?
        package var bestStatic: Duration?
        package var splicedOptimal: Duration?
        package var splicedOptimalStalled: Duration?
        package var splicedOptimalReconnect: Duration?
        package var optimalBuilt: Duration?

        package init(
            size: ByteCount, capacitySum: Duration? = nil, capacityOptimal: Duration? = nil,
            bestStatic: Duration? = nil, splicedOptimal: Duration? = nil, splicedOptimalStalled: Duration? = nil,
            splicedOptimalReconnect: Duration? = nil, optimalBuilt: Duration? = nil
        ) {
            self.size = size
            self.capacitySum = capacitySum
            self.capacityOptimal = capacityOptimal
            self.bestStatic = bestStatic
            self.splicedOptimal = splicedOptimal
            self.splicedOptimalStalled = splicedOptimalStalled
            self.splicedOptimalReconnect = splicedOptimalReconnect
            self.optimalBuilt = optimalBuilt
        }

        /// Of the strongest Optimal TCP.
        package var optimal: Duration? {
            [splicedOptimal, splicedOptimalReconnect, optimalBuilt].compactMap { $0 }.min()
        }
    }
}

extension ComparisonResult.Run {
    /// When it had transferred `size`, since the first SYN; nil: it had not by its end.
    package func completion(of size: ByteCount) -> Duration? {
        delivered >= size ? duration : nil
    }
}

extension Series {
    /// The end of the bin in which `delivered` reaches `size`; nil where it does not.
    package static func completion(of size: ByteCount, in delivered: [UInt32]) -> Duration? {
        var sum: Int64 = 0
        for (bin, bytes) in delivered.enumerated() {
            sum += Int64(bytes)
            if sum >= size.bytes { return binWidth * (bin + 1) }
        }
        return nil
    }
}
