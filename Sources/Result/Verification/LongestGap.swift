// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// The longest time that the application waited for its next byte.
package enum LongestGap {
    /// The longest span without a delivered byte, to 10 ms. The spans from the first SYN to the first byte and from the
    /// last byte to the end count too, because the application is waiting in them as well.
    ///
    /// - Parameters:
    ///   - delivered: in-order application bytes per 10 ms since the first SYN.
    ///   - end: when there was nothing left to wait for, since the first SYN; nil if that was never within `delivered`.
    package static func of(delivered: [UInt32], until end: Duration? = nil) -> Duration {
        let bins = end.map { Int($0.wholeNanoseconds / Series.binWidth.wholeNanoseconds) } ?? delivered.count
        var longest = 0
        var gap = 0
        for bytes in delivered.prefix(max(0, bins)) {
            gap = bytes == 0 ? gap + 1 : 0
            longest = max(longest, gap)
        }
        return Series.binWidth * longest
    }
}
