// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

extension ComparisonResult.Run {
    /// When the run had transferred `size`, since the first SYN; nil if it had not done so by its end.
    package func completion(of size: ByteCount) -> Duration? {
        delivered >= size ? duration : nil
    }
}

extension Series {
    /// The end of the bin in which `delivered` reaches `size`; nil if it never does.
    package static func completion(of size: ByteCount, in delivered: [UInt32]) -> Duration? {
        var sum: Int64 = 0
        for (bin, bytes) in delivered.enumerated() {
            sum += Int64(bytes)
            if sum >= size.bytes { return binWidth * (bin + 1) }
        }
        return nil
    }
}
