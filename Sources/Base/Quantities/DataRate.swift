// SPDX-License-Identifier: Apache-2.0
import Determinism

/// A rate of data transfer, as IP-layer bits per second. Decimal prefixes.
public struct DataRate: Hashable, Comparable, Sendable, Codable {
    public let bitsPerSecond: Double

    public init(bitsPerSecond: Double) {
        self.bitsPerSecond = bitsPerSecond
    }

    public static let zero = DataRate(bitsPerSecond: 0)

    public static func megabitsPerSecond(_ value: Double) -> DataRate {
        DataRate(bitsPerSecond: value * 1e6)
    }

    public var megabitsPerSecond: Double { bitsPerSecond / 1e6 }

    /// Whole bytes carried in `span` at this rate, rounded down.
    public func bytes(in span: Duration) -> ByteCount {
        ByteCount(Int64((bitsPerSecond * span.seconds / 8).rounded(.down)))
    }

    public static func < (left: DataRate, right: DataRate) -> Bool {
        left.bitsPerSecond < right.bitsPerSecond
    }

    public static func * (rate: DataRate, factor: Double) -> DataRate {
        DataRate(bitsPerSecond: rate.bitsPerSecond * factor)
    }
}
