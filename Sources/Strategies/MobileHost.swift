import Lab
import Runs
import SystemPackage
import Traffic
import Units

/// The mobile host under one strategy: opens connections as the strategy would and reacts to paths that come and go.
package final class MobileHost {
    private let plan: RunPlan
    private let lab: Lab
    private let download: Transfer
    /// Whether each path's address is usable.
    private var joined: [Bool]
    private var everEstablished = false
    private let note: (_ kind: String, _ path: String?, _ detail: String?) -> Void

    /// - Parameter note: called for every event that the run's record should show.
    package init(
        plan: RunPlan, lab: Lab, download: Transfer, joined: [Bool],
        note: @escaping (_ kind: String, _ path: String?, _ detail: String?) -> Void
    ) {
        self.plan = plan
        self.lab = lab
        self.download = download
        self.joined = joined
        self.note = note
        download.stateChanged = { [unowned self] in changed(to: $0) }
    }

    package static func transport(of strategy: Strategy) -> TransportProtocol {
        strategy.usesMPTCP ? .mptcp : .tcp
    }

    /// The run begins: the first SYN leaves now where a path is there to carry it.
    package func start() throws {
        try connectIfNeeded()
    }

    package func pathJoined(_ path: Int) throws {
        joined[path] = true
        if case .tcpReconnect(plan.paths[path].name) = plan.strategy, download.state != .complete {
            try connect(over: path)
        } else {
            try connectIfNeeded()
        }
    }

    package func pathLeft(_ path: Int) {
        joined[path] = false
    }

    /// Called once a tick: a connection that never came about is tried again, as an application would.
    package func tick() throws {
        if case .lost = download.state, !everEstablished { try connectIfNeeded() }
    }

    private func connectIfNeeded() throws {
        guard !everEstablished, download.state != .connecting, let path = firstPath else { return }
        try connect(over: path)
    }

    /// The path of the first SYN; nil where none of those that the strategy may use is there.
    private var firstPath: Int? {
        switch plan.strategy {
        case .tcp(let name), .tcpReconnect(let name):
            return plan.paths.firstIndex { $0.name == name }.flatMap { joined[$0] ? $0 : nil }
        default:
            let initial = plan.paths.firstIndex { $0.name == plan.transport.initialPath }
            if let initial, joined[initial] { return initial }
            return joined.firstIndex(of: true)
        }
    }

    private func connect(over path: Int) throws {
        let transport = Self.transport(of: plan.strategy)
        let socket = try lab.mobile.run {
            let socket = try StreamSocket(transport, congestionControl: plan.transport.congestionControl)
            try socket.bind(to: lab.mobileAddress(of: path))
            return socket
        }
        note("connecting", plan.paths[path].name, nil)
        try download.connect(socket, to: lab.serverAddress(for: path))
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
