import Lab
import Plans
import Strategies
import Traffic

/// The mobile host under one strategy: opens connections as the strategy would, uses the paths that it chooses, and moves its
/// home address where it has one.
package final class MobileHost {
    /// Of an event that the run's record should show.
    package typealias Note = (_ kind: String, _ path: String?, _ detail: String?) -> Void

    private let plan: RunPlan
    private let lab: Lab
    /// Whether each path's address is usable.
    private var joined: [Bool]
    private let connections: [Connection]
    private var policy: PathPolicy
    private var uses: [PathUse]
    private let note: Note
    /// Since the first SYN.
    private var time = Duration.zero

    /// - Parameter transfers: one for each of `transports(of:)`, in that order.
    package init(
        plan: RunPlan, lab: Lab, transfers: [Transfer], joined: [Bool], note: @escaping Note
    ) throws {
        self.plan = plan
        self.lab = lab
        self.joined = joined
        self.note = note
        policy = try PathPolicy(plan)
        uses = plan.paths.map { _ in .full }
        let transports = Self.transports(of: plan)
        connections = try zip(try Self.choices(of: plan), zip(transports, transfers)).enumerated().map {
            index, connection in
            let (choice, (transport, transfer)) = connection
            // What a companion of the run's own connection does is told apart by its path.
            return try Connection(choice, transport, plan: plan, lab: lab, transfer: transfer) { kind, path, detail in
                note(index == 0 ? kind : "companion-\(kind)", path, detail)
            }
        }
    }

    /// What the strategy's connections speak, the run's own first.
    package static func transports(of plan: RunPlan) -> [TransportProtocol] {
        let own: TransportProtocol = plan.strategy.usesMPTCP ? .mptcp : .tcp
        return plan.strategy == .mptcpCompeting ? [own] + plan.paths.map { _ in .tcp } : [own]
    }

    private static func choices(of plan: RunPlan) throws -> [Connection.Choice] {
        switch plan.strategy {
        case .tcp(let path): return [.fixed(path: try plan.index(ofPath: path), reconnects: false)]
        case .tcpReconnect(let path): return [.fixed(path: try plan.index(ofPath: path), reconnects: true)]
        case .wifiFirst: return [.preferred]
        case .wifiFirstIdeal, .mobileIP, .optimalBuilt: return [.home]
        case .mptcpCompeting:
            return [.multipath] + plan.paths.indices.map { .fixed(path: $0, reconnects: true) }
        case .mptcp, .mptcpBackup, .mptcpSingle, .mptcpScheduler, .mptcpOmniscient, .mptcpOmniscientDamped,
            .mptcpSmartScheduler:
            return [.multipath]
        }
    }

    /// The run begins: the first SYN leaves now where a path is there to carry it.
    package func start() throws {
        try choosePaths()
        try connectIfNeeded()
    }

    package func pathJoined(_ path: Int) throws {
        joined[path] = true
        try pathChanged(path)
    }

    package func pathLeft(_ path: Int) throws {
        joined[path] = false
        try pathChanged(path)
    }

    /// The path has another address, and is there as before.
    package func pathRenumbered(_ path: Int) throws {
        try tellConnections(of: path)
    }

    private func pathChanged(_ path: Int) throws {
        try choosePaths()
        try tellConnections(of: path)
    }

    private func tellConnections(of path: Int) throws {
        for connection in connections { try connection.pathChanged(path, joined: joined, uses: uses) }
    }

    /// One end of the home address's traffic moves.
    package func move(_ change: RouteChange) throws {
        try lab.moveHome(change.end, to: change.path)
        note(change.end == .home ? "moved" : "mobile-moved", change.path.map { plan.paths[$0].name }, nil)
    }

    /// Called once a tick, with the time since the first SYN.
    package func tick(at time: Duration) throws {
        self.time = time
        if plan.strategy.savesEnergy { try choosePaths() }
        try connectIfNeeded()
    }

    private func connectIfNeeded() throws {
        for connection in connections { try connection.connectIfNeeded(joined: joined, uses: uses) }
    }

    private func choosePaths() throws {
        guard plan.strategy.usesMPTCP else { return }
        let wanted = policy.decide(at: time, joined: joined) { lab.arrived(over: $0) }
        let changes = plan.paths.indices.filter { wanted[$0] != uses[$0] }
        guard !changes.isEmpty else { return }
        // More first and less then, or the other way round where the strategy is to be without a path in between.
        let more = changes.filter { wanted[$0] == .full }
        let less = changes.filter { wanted[$0] != .full }
        for path in policy.breaksBeforeMaking ? less + more : more + less {
            try lab.use(path, as: wanted[path])
            note("use", plan.paths[path].name, wanted[path].rawValue)
        }
        uses = wanted
    }
}
