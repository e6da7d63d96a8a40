// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What a bound's bytes count.
public enum BoundMeasure: Sendable {
    /// In-order bytes for the application, from connections that were run.
    case applicationBytes
    /// Bytes of IP packets that the links could carry, from the traces. Ratios compare with the payload that full-size
    /// segments could carry in them.
    case ipBytes
}

/// How much a bound allows.
public enum BoundAmount: Sendable, Equatable {
    /// In-order bytes for the application.
    case application(ByteCount)
    /// IP bytes, and the payload that full-size segments could carry in them.
    case ip(ByteCount, payload: ByteCount)

    /// The bytes that runs are compared with.
    public var applicationBytes: ByteCount {
        switch self {
        case .application(let bytes): bytes
        case .ip(_, let payload): payload
        }
    }
}

/// A bound's value for the runs of one seed and direction.
public struct BoundValue: Sendable, Equatable {
    /// nil if it is not known, or not asked for.
    public var amount: BoundAmount?
    /// For a workload of a fixed size, when all of it would have been transferred, since the first SYN; nil: not within
    /// the walk.
    public var completion: Duration?

    /// Creates a value; each parameter is the property of the same name.
    public init(amount: BoundAmount? = nil, completion: Duration? = nil) {
        self.amount = amount
        self.completion = completion
    }

    /// The bytes that runs are compared with.
    public var bytes: ByteCount? { amount?.applicationBytes }

    package var isKnown: Bool { amount != nil || completion != nil }
}

extension ByteCount {
    /// The nearest whole number of bytes.
    public init(nearest bytes: Double) {
        self.init(Int64(bytes.rounded()))
    }

    /// The payload that full-size segments could carry in this many IP bytes: 1448 of 1500 (IPv4 and TCP headers with
    /// timestamps; MPTCP takes up to 20 bytes more, which is its own cost and not part of the bound).
    public var inFullSegments: ByteCount { ByteCount(nearest: Double(bytes) * 1448 / 1500) }

    /// The IP bytes that carry this much payload in full-size segments.
    public var onTheWire: ByteCount { ByteCount(nearest: Double(bytes) * 1500 / 1448) }
}
