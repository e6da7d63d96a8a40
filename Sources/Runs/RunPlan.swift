import Traces
import Units

/// All that one run needs to know: the guest's only input beside the link tables it names.
///
/// Times are whole nanoseconds on the trace's clock unless they say otherwise. The first SYN leaves at `offset`.
package struct RunPlan: Codable, Sendable, Equatable {
    package static let currentSchema = "walkback.plan/1"
    package static let fileName = "plan.json"

    package struct Path: Codable, Sendable, Equatable {
        package var name: String
        package var kind: PathKind
        package var family: AddressFamily
        /// Files of `LinkTable`s beside the plan.
        package var downTable: String
        package var upTable: String
        /// Constant extra one-way delays, drawn by the seed.
        package var downJitter: Duration
        package var upJitter: Duration
        package var attachments: [Attachment]

        package init(
            name: String, kind: PathKind, family: AddressFamily = .ipv4, downTable: String, upTable: String,
            downJitter: Duration = .zero, upJitter: Duration = .zero, attachments: [Attachment]
        ) {
            self.name = name
            self.kind = kind
            self.family = family
            self.downTable = downTable
            self.upTable = upTable
            self.downJitter = downJitter
            self.upJitter = upJitter
            self.attachments = attachments
        }
    }

    package struct Attachment: Codable, Sendable, Equatable {
        package var time: Duration
        package var attached: Bool

        package init(time: Duration, attached: Bool) {
            self.time = time
            self.attached = attached
        }
    }

    package enum AddressFamily: String, Codable, Sendable, CaseIterable {
        case ipv4, ipv6, both
    }

    package var schema = RunPlan.currentSchema
    /// Names the run in every result: `STRATEGY.SEED`.
    package var id: String
    package var strategy: Strategy
    package var seed: UInt64
    package var paths: [Path]
    /// Trace time of the first SYN.
    package var offset: Duration
    /// How long is measured from the first SYN on.
    package var duration: Duration
    package var workload: Workload
    package var transport: Transport
    package var mobility: Mobility

    package init(
        id: String, strategy: Strategy, seed: UInt64, paths: [Path], offset: Duration, duration: Duration,
        workload: Workload, transport: Transport, mobility: Mobility
    ) {
        self.id = id
        self.strategy = strategy
        self.seed = seed
        self.paths = paths
        self.offset = offset
        self.duration = duration
        self.workload = workload
        self.transport = transport
        self.mobility = mobility
    }
}

/// What is transferred.
package struct Workload: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case download
    }

    package var kind: Kind
    /// nil: as much as fits into the run.
    package var size: ByteCount?

    package init(kind: Kind = .download, size: ByteCount? = nil) {
        self.kind = kind
        self.size = size
    }
}

package struct Transport: Codable, Sendable, Equatable {
    package var congestionControl = "cubic"
    /// The path of the first SYN; nil: the first that is attached.
    package var initialPath: String?
    /// Bounds of the kernel's buffer autotuning, as tcp_rmem and tcp_wmem have them.
    package var receiveBuffer = ByteCount(6_000_000)
    package var sendBuffer = ByteCount(4_000_000)

    package init() {}
}

/// How the mobile host notices that a path has come or gone.
package struct Mobility: Codable, Sendable, Equatable {
    package enum Mode: String, Codable, Sendable, CaseIterable {
        /// Link, address, route and MPTCP endpoint go and come together.
        case informed
    }

    package var mode = Mode.informed
    /// From the loss of the link until the mobile host acts on it.
    package var detection = Duration.zero
    /// From the return of the link until its address is usable.
    package var acquisition = Duration.zero

    package init() {}
}
