import Determinism

/// A rate of data transfer, as IP-layer bits per second. Decimal prefixes.
package struct DataRate: Hashable, Comparable, Sendable, Codable {
    package let bitsPerSecond: Double

    package init(bitsPerSecond: Double) {
        self.bitsPerSecond = bitsPerSecond
    }

    package static let zero = DataRate(bitsPerSecond: 0)

    package static func megabitsPerSecond(_ value: Double) -> DataRate {
        DataRate(bitsPerSecond: value * 1e6)
    }

    package var megabitsPerSecond: Double { bitsPerSecond / 1e6 }

    /// Whole bytes carried in `span` at this rate, rounded down.
    package func bytes(in span: Duration) -> ByteCount {
        ByteCount(Int64((bitsPerSecond * span.seconds / 8).rounded(.down)))
    }

    package static func < (left: DataRate, right: DataRate) -> Bool {
        left.bitsPerSecond < right.bitsPerSecond
    }

    package static func * (rate: DataRate, factor: Double) -> DataRate {
        DataRate(bitsPerSecond: rate.bitsPerSecond * factor)
    }
}
