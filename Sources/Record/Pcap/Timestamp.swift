// SPDX-License-Identifier: Apache-2.0
/// An instant in a capture, as in a packet's time stamp: nanoseconds since 1970-01-01 00:00 UTC without leap seconds.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// The range is the years 1677 to 2262.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The time between two instants, clamped to what 64-bit nanoseconds can represent.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return .nanoseconds(overflow ? (left < right ? Int64.min : .max) : difference)
    }
}
