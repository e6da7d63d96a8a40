// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// What a workload's client and server do over their connection. The lab knows these three forms and nothing of the
/// kinds that use them.
public enum WorkloadTraffic: Sendable {
    public enum Directions: Sendable {
        case down, up
        /// At once, over one connection.
        case both
    }

    /// As many bytes as the network takes, until `size` has arrived in each direction; nil: until the run ends.
    case bulk(Directions, size: ByteCount?)
    /// The client asks for one message after another, and the server sends each at once. Called once for each run with
    /// the run's seed; whatever the requests draw must follow from that seed alone.
    case requests(@Sendable (_ seed: UInt64) -> any IteratorProtocol<WorkloadRequest>)
    /// The server has a message of this size every `interval`, which must be above zero, from when the client first
    /// asks.
    case frames(size: ByteCount, interval: Duration)
}

/// One message that the client asks for, and when it does.
public struct WorkloadRequest: Sendable, Equatable {
    public enum Moment: Sendable, Equatable {
        /// So long after the last byte of every message before it has arrived; for the first, after the run's
        /// beginning.
        case after(Duration)
        /// So long after the run's beginning, whether the messages before it have arrived or not. No sooner than the
        /// request before it.
        case at(Duration)
    }

    public var moment: Moment
    /// Of the message. At least one byte.
    public var size: ByteCount

    public init(_ size: ByteCount, _ moment: Moment) {
        self.moment = moment
        self.size = size
    }

    public init(_ size: ByteCount, at time: Duration) { self.init(size, .at(time)) }
    public init(_ size: ByteCount, after pause: Duration) { self.init(size, .after(pause)) }
}
