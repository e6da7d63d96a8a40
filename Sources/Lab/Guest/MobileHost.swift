// SPDX-License-Identifier: Apache-2.0
import Documents
import Lab
import Netlink
import Plans
import Quantities
import Strategies
import SystemPackage
import Traces
import Traffic

/// The mobile host under one strategy: it opens connections as the strategy would, uses the paths that the strategy
/// chooses, and moves its home address if it has one.
package final class MobileHost {
    /// Reports an event that the run's record should show.
    package typealias Note = (_ kind: String, _ path: String?, _ detail: String?) -> Void

    private let plan: RunPlan
    private let lab: Lab
    /// Whether each path's address is usable.
    private var joined: [Bool]
    private let connections: [Connection]
    private var strategy: any Strategy
    /// The program that decides in the strategy's place, if there is one.
    private let process: StrategyProcess?
    private let transfers: [Transfer]
    private var uses: [PathUse]
    private let note: Note
    /// Time since the first SYN.
    private var time = Duration.zero

    /// - Parameters:
    ///   - transfers: one transfer for each of the plan's connections, in the plan's order.
    ///   - directory: where the strategy's program, if there is one, leaves its log.
    package init(
        plan: RunPlan, lab: Lab, transfers: [Transfer], joined: [Bool], directory: FilePath, note: @escaping Note
    ) throws {
        self.plan = plan
        self.lab = lab
        self.joined = joined
        self.note = note
        self.transfers = transfers
        let names = plan.paths.map(\.name)
        if let command = plan.command?.command {
            strategy = CommandStrategy(name: plan.strategy)
            process = try lab.mobile.run {
                try StrategyProcess(command, name: plan.strategy, paths: names, directory: directory)
            }
        } else {
            strategy = try StrategyRegistry.strategy(plan.strategy, over: names)
            process = nil
        }
        uses = plan.paths.map { _ in .full }
        connections = try zip(plan.connections, transfers).enumerated().map { index, connection in
            let (planned, transfer) = connection
            // Events of a companion of the run's own connection are distinguished by their path.
            return try Connection(planned, plan: plan, lab: lab, transfer: transfer) { kind, path, detail in
                note(index == 0 ? kind : "companion-\(kind)", path, detail)
            }
        }
    }

    /// Begins the run: the first SYN leaves now if there is a path to carry it.
    package func start() throws {
        try choosePaths(after: "start")
        try connectIfNeeded()
    }

    package func pathJoined(_ path: Int) throws {
        joined[path] = true
        try pathChanged(path, by: "joined")
    }

    package func pathLeft(_ path: Int) throws {
        joined[path] = false
        try pathChanged(path, by: "left")
    }

    /// The path has a new address and is otherwise as before.
    package func pathRenumbered(_ path: Int) throws {
        if process != nil { try choosePaths(after: "renumbered", of: path) }
        try tellConnections(of: path)
    }

    private func pathChanged(_ path: Int, by event: String) throws {
        try choosePaths(after: event, of: path)
        try tellConnections(of: path)
    }

    private func tellConnections(of path: Int) throws {
        for connection in connections { try connection.pathChanged(path, joined: joined, uses: uses) }
    }

    /// Moves one end of the home address's traffic.
    package func move(_ change: RouteChange) throws {
        try lab.moveHome(change.end, to: change.path)
        note(change.end == .home ? "moved" : "mobile-moved", change.path.map { plan.paths[$0].name }, nil)
    }

    /// Called once a tick, with the time since the first SYN.
    package func tick(at time: Duration) throws {
        self.time = time
        if process == nil || StrategyProcess.isAsked(at: time) { try choosePaths(after: "tick") }
        try connectIfNeeded()
    }

    private func connectIfNeeded() throws {
        for connection in connections { try connection.connectIfNeeded(joined: joined, uses: uses) }
    }

    private var view: StrategyView {
        StrategyView(
            time: time,
            paths: plan.paths.enumerated().map { .init(name: $1.name, kind: $1.kind, isJoined: joined[$0]) },
            energy: plan.energy, selected: plan.selections.last { $0.time <= time + plan.offset }?.paths,
            carried: lab.arrived(over:))
    }

    /// What the strategy's program is told of the paths.
    private func question(after event: String, of path: Int?) throws -> StrategyQuestion {
        let subflows = transfers[0].socket?.subflows ?? []
        let paths = try plan.paths.enumerated().map { index, path in
            let own = subflows.filter {
                (lab.pathName(ofAddress: $0.local) ?? lab.pathName(ofAddress: $0.remote)) == path.name
            }
            return StrategyQuestion.Path(
                name: path.name, kind: path.kind.rawValue, joined: joined[index], use: uses[index].rawValue,
                address: joined[index] ? lab.mobileAddress(of: index) : nil, signal_dbm: signal(of: index),
                carried_bytes: lab.arrived(over: index).bytes,
                down_queue_s: try lab.waiting(on: index, .down).seconds,
                up_queue_s: try lab.waiting(on: index, .up).seconds, subflows: own.map(StrategyQuestion.Subflow.init))
        }
        return StrategyQuestion(
            time_s: time.seconds, event: event, path: path.map { plan.paths[$0].name }, paths: paths)
    }

    private func signal(of path: Int) -> Double? {
        plan.command?.signals[path].last { $0.time <= time + plan.offset }?.level
    }

    /// - Parameters:
    ///   - event: what has happened, for the strategy's program.
    ///   - path: the path to which it happened.
    private func choosePaths(after event: String, of path: Int? = nil) throws {
        guard plan.usesMPTCP else { return }
        let wanted =
            try process?.decide(try question(after: event, of: path), uses: uses) ?? strategy.decide(view)
        guard wanted.count == plan.paths.count else {
            throw Fault(
                .failed,
                "strategy '\(plan.strategy)' decided about \(wanted.count) paths, but there are \(plan.paths.count)")
        }
        let changes = plan.paths.indices.filter { wanted[$0] != uses[$0] }
        guard !changes.isEmpty else { return }
        // First the paths that get more use, then those that get less; the reverse if the strategy is to be without a
        // path in between.
        let more = changes.filter { wanted[$0] == .full }
        let less = changes.filter { wanted[$0] != .full }
        for path in strategy.breaksBeforeMaking ? less + more : more + less {
            try lab.use(path, as: wanted[path])
            note("use", plan.paths[path].name, wanted[path].rawValue)
        }
        uses = wanted
    }
}
