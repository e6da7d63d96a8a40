// SPDX-License-Identifier: Apache-2.0
/// A number of bytes. 1 MB = 10^6 bytes.
public struct ByteCount: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic {
    /// The number itself; negative for a difference.
    public var bytes: Int64

    /// Creates a size of so many bytes.
    public init(_ bytes: Int64) {
        self.bytes = bytes
    }

    public static let zero = ByteCount(0)

    /// The size in units of 10^6 bytes.
    public var megabytes: Double { Double(bytes) / 1e6 }

    /// The mean rate at which these bytes are transferred in `span`.
    public func rate(over span: Duration) -> DataRate {
        DataRate(bitsPerSecond: Double(bytes) * 8 / span.seconds)
    }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    public static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }
    public static func - (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes - right.bytes) }

    public init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
