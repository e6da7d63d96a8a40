// SPDX-License-Identifier: Apache-2.0
/// An instant of a capture: nanoseconds since 1970-01-01 00:00 UTC, leap seconds not counted, as a packet's stamp has
/// it.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Holds the years 1677 to 2262.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// What passed between two instants; held at the ends of what nanoseconds in 64 bits can say.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return .nanoseconds(overflow ? (left < right ? Int64.min : .max) : difference)
    }
}
