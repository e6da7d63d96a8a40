// SPDX-License-Identifier: Apache-2.0
import Determinism

/// A rate of data transfer, as IP-layer bits per second. Decimal prefixes.
public struct DataRate: Hashable, Comparable, Sendable, Codable {
    /// The rate in bit/s.
    public let bitsPerSecond: Double

    /// Creates a rate from bit/s.
    public init(bitsPerSecond: Double) {
        self.bitsPerSecond = bitsPerSecond
    }

    /// The rate of a link that carries nothing.
    public static let zero = DataRate(bitsPerSecond: 0)

    /// Creates a rate from Mb/s, which are 10^6 bit/s.
    public static func megabitsPerSecond(_ value: Double) -> DataRate {
        DataRate(bitsPerSecond: value * 1e6)
    }

    /// The rate in Mb/s.
    public var megabitsPerSecond: Double { bitsPerSecond / 1e6 }

    /// Whole bytes carried in `span` at this rate, rounded down.
    public func bytes(in span: Duration) -> ByteCount {
        ByteCount(Int64((bitsPerSecond * span.seconds / 8).rounded(.down)))
    }

    public static func < (left: DataRate, right: DataRate) -> Bool {
        left.bitsPerSecond < right.bitsPerSecond
    }

    /// The rate times a number without unit.
    public static func * (rate: DataRate, factor: Double) -> DataRate {
        DataRate(bitsPerSecond: rate.bitsPerSecond * factor)
    }
}
