// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// The outcome of one run, as the guest recorded it. The series are stored next to it (`Series`).
package struct RunRecord: Codable, Sendable, Equatable {
    package static let currentSchema = "walkback.record/1"
    package static let fileName = "record.json"

    package struct Event: Codable, Sendable, Equatable {
        /// The time since the first SYN, negative before it.
        package var time: Duration
        /// `attached`, `detached`, `connected`, `connection-lost`, `complete`, …
        package var kind: String
        package var path: String?
        package var detail: String?

        package init(time: Duration, kind: String, path: String? = nil, detail: String? = nil) {
            self.time = time
            self.kind = kind
            self.path = path
            self.detail = detail
        }
    }

    /// The counters of one direction of one path.
    package struct Link: Codable, Sendable, Equatable {
        package var path: String
        package var direction: String
        /// IP bytes that arrived at the far end, from the meter.
        package var arrived: ByteCount
        /// IP bytes dropped because the queue was full, lost in the air, lost with the queue at a detachment or sent
        /// while detached, from the shaper.
        package var droppedQueue: ByteCount
        package var droppedLoss: ByteCount
        package var droppedDetached: ByteCount
        /// The number of IP packets that were offered.
        package var packets: Int64
        /// The largest IP packet that was offered.
        package var largestPacket: ByteCount
        /// Packets that fq itself dropped (limit, flow limit, horizon). Any value but zero invalidates the run.
        package var queueDisciplineDrops: Int64

        package init(path: String, direction: String) {
            self.path = path
            self.direction = direction
            arrived = .zero
            droppedQueue = .zero
            droppedLoss = .zero
            droppedDetached = .zero
            packets = 0
            largestPacket = .zero
            queueDisciplineDrops = 0
        }
    }

    /// Another connection than the run's main one, or the main one's other direction.
    package struct Flow: Codable, Sendable, Equatable {
        /// `upload`, `tcp-wifi`, …
        package var name: String
        package var direction: Direction
        package var delivered: ByteCount
        package var verified: Bool

        package init(name: String, direction: Direction, delivered: ByteCount, verified: Bool) {
            self.name = name
            self.direction = direction
            self.delivered = delivered
            self.verified = verified
        }
    }

    /// One request and its response, or one frame of a stream. Times are since the first SYN.
    package struct Exchange: Codable, Sendable, Equatable {
        /// When it was requested, or due.
        package var start: Duration
        /// When its last byte had arrived; nil: not within the run.
        package var end: Duration?
        package var size: ByteCount

        package init(start: Duration, end: Duration?, size: ByteCount) {
            self.start = start
            self.end = end
            self.size = size
        }
    }

    package var schema = RunRecord.currentSchema
    package var id: String
    package var kernelRelease: String
    /// The time from the first SYN until the run's end, or until all requested bytes had arrived.
    package var measured: Duration
    /// In-order application bytes delivered within the run.
    package var delivered: ByteCount
    /// Whether every delivered byte was compared with the seeded stream and was equal.
    package var verified: Bool
    /// The other flows, in the order of `Series.others`.
    package var others: [Flow]
    /// The exchanges of a workload that consists of such, in order of their start.
    package var exchanges: [Exchange]
    package var links: [Link]
    /// Kernel counters of both ends, such as `mobile.MPTcpExt.MPJoinSynTx`.
    package var counters: [String: Int64]
    /// The names of all the kernel's counters, such as `MPTcpExt.MPJoinSynTx`. `counters` holds only those that are not
    /// zero.
    package var counterNames: [String]
    package var events: [Event]
    /// What getsockopt(TCP_CONGESTION) returned for the sockets of every connection, at both ends. It contains more
    /// than one name if they differ, and is empty if there was no connection.
    package var congestionControl: String
    package var scheduler: String
    package var sysctls: [String: String]
    /// What the interpreter of the strategy's program says of its version; nil if there is none.
    package var interpreterVersion: String?
    /// Why the run is not usable; nil if it is.
    package var failure: String?

    package init(id: String) {
        self.id = id
        kernelRelease = ""
        measured = .zero
        delivered = .zero
        verified = false
        others = []
        exchanges = []
        links = []
        counters = [:]
        counterNames = []
        events = []
        congestionControl = ""
        scheduler = ""
        sysctls = [:]
    }
}
