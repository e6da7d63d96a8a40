// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

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
