// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// What happened in every 10 ms of a run, from the first SYN on. Every column has one value per bin.
public struct Series: Sendable, Equatable {
    /// The length of a bin.
    public static let binWidth = Duration.milliseconds(10)
    package static let fileName = "series.bin"

    /// One direction of one path.
    public struct Link: Sendable, Equatable {
        /// The path's name.
        public var path: String
        /// The direction of the packets.
        public var direction: Direction
        /// IP bytes that arrived at the far end of the link (the meter).
        public var arrived: [UInt32]
        /// IP bytes that used the link in this bin but were lost in the air (the shaper).
        public var lost: [UInt32]
        /// IP bytes dropped in this bin because the queue was full or the path detached (the shaper).
        public var dropped: [UInt32]
        /// Whether the link had nothing to send at any instant of the bin (the shaper).
        public var idle: [Bool]

        /// Creates a link; each parameter is the property of the same name.
        public init(
            path: String, direction: Direction, arrived: [UInt32], lost: [UInt32], dropped: [UInt32], idle: [Bool]
        ) {
            self.path = path
            self.direction = direction
            self.arrived = arrived
            self.lost = lost
            self.dropped = dropped
            self.idle = idle
        }
    }

    /// The delays that the run's own connection met on one path, in the main direction of its bytes. One value for each
    /// step.
    public struct Delays: Sendable, Equatable {
        /// The interval between measurements.
        public static let step = Duration.milliseconds(100)

        /// The path's name.
        public var path: String
        /// The interval between two values.
        public var step: Duration
        /// Microseconds that a packet sent at the step's end would have waited at the link for those before it.
        public var queue: [UInt32]
        /// The sender's smoothed round-trip time at the step's end in microseconds, for the path's newest subflow;
        /// zero: there was no subflow on the path.
        public var roundTrip: [UInt32]

        /// Creates delays; each parameter is the property of the same name.
        public init(path: String, step: Duration = Self.step, queue: [UInt32] = [], roundTrip: [UInt32] = []) {
            self.path = path
            self.step = step
            self.queue = queue
            self.roundTrip = roundTrip
        }
    }

    /// In-order application bytes of the main flow that were read in each bin.
    public var delivered: [UInt32]
    /// The same for the record's other flows, in its order.
    public var others: [[UInt32]]
    /// The links of all paths in both directions.
    public var links: [Link]
    /// The delays of each path; empty if they were not measured.
    public var delays: [Delays]

    /// Creates a series; each parameter is the property of the same name.
    public init(delivered: [UInt32], others: [[UInt32]] = [], links: [Link], delays: [Delays] = []) {
        self.delivered = delivered
        self.others = others
        self.links = links
        self.delays = delays
    }

    /// The link of this path and direction; nil if there is none.
    public func link(_ path: String, _ direction: Direction) -> Link? {
        links.first { $0.path == path && $0.direction == direction }
    }
}
