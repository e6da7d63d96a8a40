// SPDX-License-Identifier: Apache-2.0
import Documents
import Lab
import Netlink
import Plans
import Strategies
import SystemPackage
import Traffic

/// The mobile host's connection, one at a time, and the path over which it is opened.
final class Connection {
    enum Choice: Equatable {
        /// The connection uses only this path.
        case fixed(path: Int, reconnects: Bool)
        /// The preferred path among the joined ones; a new connection is opened whenever the preferred path changes.
        case preferred
        /// The connection starts from the home address and uses whichever path reaches it.
        case home
        /// Any joined path that may be used, the first one in this order; the other paths join the connection.
        case multipath(order: [Int])
    }

    private let plan: RunPlan
    private let lab: Lab
    private let transfer: Transfer
    private let transport: TransportProtocol
    private let choice: Choice
    private let note: MobileHost.Note
    private let order: [Int]
    /// The path that the replay wants the first SYN on.
    private let initial: Int?
    private var everEstablished = false
    /// The path over which the connection was last opened.
    private var present: Int?

    init(
        _ planned: PlannedConnection, plan: RunPlan, lab: Lab, transfer: Transfer, note: @escaping MobileHost.Note
    ) throws {
        order = RunPlan.preference(among: plan.paths)
        transport = planned.isMPTCP ? .mptcp : .tcp
        choice =
            switch planned {
            case .tcp(let path, let reconnects): .fixed(path: try plan.index(ofPath: path), reconnects: reconnects)
            case .preferredTCP: .preferred
            case .homeTCP: .home
            case .mptcp(.listed): .multipath(order: Array(plan.paths.indices))
            case .mptcp(.preferred): .multipath(order: order)
            }
        self.plan = plan
        self.lab = lab
        self.transfer = transfer
        self.note = note
        initial = try plan.initialPath()
        transfer.stateChanged = { [unowned self] in changed(to: $0) }
    }

    /// Opens a connection if none has ever been established, as an application would try again.
    func connectIfNeeded(joined: [Bool], uses: [PathUse]) throws {
        guard !everEstablished, transfer.state != .connecting, transfer.state != .complete else { return }
        switch choice {
        case .home:
            guard let home = lab.homeAddress else {
                throw Fault(.failed, "run \(plan.id) needs a home address, but the lab has none")
            }
            try connect(from: home, over: nil)
        case .fixed(let path, _): if joined[path] { try connect(over: path) }
        case .preferred: if let path = order.first(where: { joined[$0] }) { try connect(over: path) }
        case .multipath(let order): if let path = first(in: order, joined, uses) { try connect(over: path) }
        }
    }

    /// `path` has come back or has gone.
    func pathChanged(_ path: Int, joined: [Bool], uses: [PathUse]) throws {
        guard transfer.state != .complete else { return }
        switch choice {
        case .fixed(path, reconnects: true) where joined[path]:
            try connect(over: path)
        case .preferred:
            // Without any path, the connection stays on its present one, which may return.
            if let best = order.first(where: { joined[$0] }), best != present || best == path {
                try connect(over: best)
            }
        default:
            try connectIfNeeded(joined: joined, uses: uses)
        }
    }

    /// The path for the first SYN of an MPTCP connection.
    private func first(in order: [Int], _ joined: [Bool], _ uses: [PathUse]) -> Int? {
        if let initial, joined[initial], uses[initial] != .none { return initial }
        return order.first { joined[$0] && uses[$0] == .full } ?? order.first { joined[$0] }
    }

    private func connect(over path: Int) throws {
        present = path
        try connect(from: lab.mobileAddress(of: path), over: path)
    }

    private func connect(from address: String, over path: Int?) throws {
        let socket = try lab.mobile.run {
            let socket = try StreamSocket(transport, congestionControl: plan.transport.congestionControl)
            try socket.bind(to: address)
            return socket
        }
        note("connecting", path.map { plan.paths[$0].name }, nil)
        try transfer.connect(socket, to: path.map { lab.serverAddress(for: $0) } ?? lab.serverAddressForHome)
    }

    private func changed(to state: Transfer.State) {
        switch state {
        case .established:
            everEstablished = true
            note("connected", nil, nil)
        case .complete:
            note("complete", nil, nil)
        case .lost(let error):
            note("connection-lost", nil, error.map { "\($0)" })
        case .idle, .connecting:
            break
        }
    }
}
