// SPDX-License-Identifier: Apache-2.0
import Documents
import Traces

/// All that one run needs to know. It is the guest's only input, apart from the link tables that it names.
///
/// Times are whole nanoseconds on the trace's clock unless they say otherwise. The first SYN leaves at `offset`.
package struct RunPlan: Codable, Sendable, Equatable {
    package static let currentSchema = "walkback.plan/1"
    package static let fileName = "plan.json"

    package struct Path: Codable, Sendable, Equatable {
        package var name: String
        package var kind: PathKind
        package var family: AddressFamily
        /// Files of `LinkTable`s next to the plan.
        package var downTable: String
        package var upTable: String
        /// Constant extra one-way delays, drawn by the seed.
        package var downJitter: Duration
        package var upJitter: Duration
        package var attachments: [Attachment]
        /// When the network gives the mobile host another address on this path, while the link stays as it is.
        package var addressChanges: [Duration]
        /// How many subflows MPTCP has over the path, each from its own address.
        package var subflows: Int

        package init(
            name: String, kind: PathKind, family: AddressFamily = .ipv4, downTable: String, upTable: String,
            downJitter: Duration = .zero, upJitter: Duration = .zero, attachments: [Attachment],
            addressChanges: [Duration] = [], subflows: Int = 1
        ) {
            self.name = name
            self.kind = kind
            self.family = family
            self.downTable = downTable
            self.upTable = upTable
            self.downJitter = downJitter
            self.upJitter = upJitter
            self.attachments = attachments
            self.addressChanges = addressChanges
            self.subflows = subflows
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
    /// The run's name in every result: `STRATEGY.SEED`.
    package var id: String
    package var strategy: StrategyName
    /// The connections that the strategy opens. The first is the run's own connection; the others are its companions.
    package var connections: [PlannedConnection]
    package var seed: UInt64
    package var paths: [Path]
    /// The trace time of the first SYN.
    package var offset: Duration
    /// The length of the measurement, from the first SYN on.
    package var duration: Duration
    package var workload: Workload
    package var transport: Transport
    package var mobility: Mobility
    /// The path over which the home address is reached, and when that changes, for strategies that have a home address.
    /// Decided before the run.
    package var routes: [RouteChange]
    /// Which paths are used, and when that changes, for strategies that decide before the run.
    package var selections: [PathSelection]
    package var energy: EnergyPolicy
    /// The program that decides the strategy, if one does.
    package var command: StrategyCommand.Plan?

    package init(
        id: String, strategy: StrategyName, connections: [PlannedConnection], seed: UInt64, paths: [Path],
        offset: Duration, duration: Duration,
        workload: Workload, transport: Transport, mobility: Mobility, routes: [RouteChange] = [],
        selections: [PathSelection] = [], energy: EnergyPolicy = EnergyPolicy(), command: StrategyCommand.Plan? = nil
    ) {
        self.id = id
        self.strategy = strategy
        self.connections = connections
        self.seed = seed
        self.paths = paths
        self.offset = offset
        self.duration = duration
        self.workload = workload
        self.transport = transport
        self.mobility = mobility
        self.routes = routes
        self.selections = selections
        self.energy = energy
        self.command = command
    }

    /// Whether the run's own connection is an MPTCP connection.
    package var usesMPTCP: Bool { connections.first?.isMPTCP ?? false }

    /// Whether the run's own connection has an address that belongs to no path.
    package var hasHomeAddress: Bool { connections.first == .homeTCP }

    /// The path of a run whose only connection uses a single path.
    package var onlyPath: String? {
        if case .tcp(let path, _) = connections.first { path } else { nil }
    }

    /// - Throws: `Fault` if the plan has no path of this name.
    package func index(ofPath name: String) throws -> Int {
        guard let index = paths.firstIndex(where: { $0.name == name }) else {
            throw Fault(
                .badInput,
                "run \(id) names path '\(name)', but its paths are \(paths.map(\.name).joined(separator: ", "))")
        }
        return index
    }

    /// The index of `transport.initialPath`; nil if it is not set.
    ///
    /// - Throws: `Fault` if the plan has no path of this name.
    package func initialPath() throws -> Int? {
        try transport.initialPath.map { try index(ofPath: $0) }
    }
}
