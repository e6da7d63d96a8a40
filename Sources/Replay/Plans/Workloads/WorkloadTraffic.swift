// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// What a workload's client and server do over their connection. The lab knows only these three forms, and not the
/// kinds that use them.
public enum WorkloadTraffic: Sendable {
    /// The directions of a bulk transfer.
    public enum Directions: Sendable {
        /// From the server to the mobile host.
        case down
        /// From the mobile host to the server.
        case up
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
    /// When the client makes a request.
    public enum Moment: Sendable, Equatable {
        /// This long after the last byte of all earlier messages has arrived; for the first message, this long after
        /// the run's beginning.
        case after(Duration)
        /// This long after the run's beginning, whether or not the earlier messages have arrived. It must not be
        /// earlier than the request before it.
        case at(Duration)
    }

    /// When the client requests the message.
    public var moment: Moment
    /// The size of the message, at least one byte.
    public var size: ByteCount

    /// Creates a request for a message of this size, at this moment.
    public init(_ size: ByteCount, _ moment: Moment) {
        self.moment = moment
        self.size = size
    }

    /// Creates a request at a time of the run, as in ``Moment-swift.enum/at(_:)``.
    public init(_ size: ByteCount, at time: Duration) { self.init(size, .at(time)) }
    /// Creates a request after the earlier messages, as in ``Moment-swift.enum/after(_:)``.
    public init(_ size: ByteCount, after pause: Duration) { self.init(size, .after(pause)) }
}
