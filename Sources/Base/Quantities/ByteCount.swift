/// A number of bytes. 1 MB = 10^6 bytes.
package struct ByteCount: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic {
    package var bytes: Int64

    package init(_ bytes: Int64) {
        self.bytes = bytes
    }

    package static let zero = ByteCount(0)

    package var megabytes: Double { Double(bytes) / 1e6 }

    /// The mean rate at which these bytes pass in `span`.
    package func rate(over span: Duration) -> DataRate {
        DataRate(bitsPerSecond: Double(bytes) * 8 / span.seconds)
    }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    package static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }
    package static func - (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes - right.bytes) }

    package init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}
