// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// What a workload's client and server do over their connection. The lab knows only these three forms, and not the
/// kinds that use them.
public enum WorkloadTraffic: Sendable {
    public enum Directions: Sendable {
        case down, up
        /// Both directions at the same time, over one connection.
        case both
    }

    /// As many bytes as the network takes, until `size` has arrived in each direction; nil: until the run ends.
    case bulk(Directions, size: ByteCount?)
    /// The client requests one message after another, and the server sends each at once. The closure is called once for
    /// each run with the run's seed. Any random values of the requests must depend only on that seed.
    case requests(@Sendable (_ seed: UInt64) -> any IteratorProtocol<WorkloadRequest>)
    /// The server has a message of this size every `interval`, which must be above zero, starting when the client first
    /// asks.
    case frames(size: ByteCount, interval: Duration)
}

/// One message that the client requests, and when it does so.
public struct WorkloadRequest: Sendable, Equatable {
    public enum Moment: Sendable, Equatable {
        /// This long after the last byte of all earlier messages has arrived; for the first message, this long after
        /// the run's beginning.
        case after(Duration)
        /// This long after the run's beginning, whether or not the earlier messages have arrived. It must not be
        /// earlier than the request before it.
        case at(Duration)
    }

    public var moment: Moment
    /// The size of the message, at least one byte.
    public var size: ByteCount

    public init(_ size: ByteCount, _ moment: Moment) {
        self.moment = moment
        self.size = size
    }

    public init(_ size: ByteCount, at time: Duration) { self.init(size, .at(time)) }
    public init(_ size: ByteCount, after pause: Duration) { self.init(size, .after(pause)) }
}
