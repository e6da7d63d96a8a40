// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Strategies

/// Every strategy that uses one TCP connection at a time.
struct SinglePath {
    enum Choice {
        case fixed(Int, reconnects: Bool)
        case preferred
        case home
    }

    var network: FluidNetwork
    let choice: Choice
    let order: [Int]
    let control: CongestionWindow.Control
    let limit: Double
    var moves: ArraySlice<RouteChange>
    var nextMove: Int64
    /// The path over which the home address is reached.
    var home: Int?
    var opening: Opening?
    var sender: FluidSender
    var isSending = false
    var path = 0
    /// The path that was left; data in flight on it may still arrive.
    var left: Int?
    var wasEstablished = false
    var whole = 0.0
    var delivered: Tally

    init?(_ plan: RunPlan, _ network: FluidNetwork, _ control: CongestionWindow.Control) throws {
        guard plan.connections.count == 1 else { return nil }
        switch plan.connections[0] {
        case .tcp(let name, let reconnects): choice = .fixed(try plan.index(ofPath: name), reconnects: reconnects)
        case .preferredTCP: choice = .preferred
        case .homeTCP: choice = .home
        case .mptcp: return nil
        }
        self.network = network
        sender = FluidSender(control, link: network.links[0].ledger, step: 0)
        self.control = control
        limit = Double(plan.transport.sendBuffer.bytes) / Segment.charge * Segment.size
        order = RunPlan.preference(among: plan.paths)
        moves = plan.routes.filter { $0.end == .home }[...]
        nextMove = moves.first?.time.wholeNanoseconds ?? .max
        delivered = Tally([UInt32](repeating: 0, count: network.bins))
    }

    /// - Returns: the in-order application bytes of each bin, and the links.
    mutating func run() -> (delivered: [UInt32], links: [FluidLink]) {
        for bin in 0..<network.steps {
            for path in network.links.indices { network.links[path].follow(nanosecond: network.instant(bin)) }
            mobility(bin)
            if network.instant(bin) >= nextMove { moveHome(bin) }
            if !wasEstablished, opening == nil { connect(wanted, bin) }
            hear(bin)
            send(bin)
        }
        return (delivered.bins, network.links)
    }

    // MARK: - One step

    mutating func hear(_ bin: Int) {
        for index in network.links.indices {
            let (came, heard) = network.links[index].advance(bin)
            if index == left {
                delivered.add(came * Segment.tcpPayload / Segment.size, bin)
                if heard > 0, isSending { sender.acknowledgeElsewhere(heard, network.links[index].ledger, step: bin) }
            }
            guard index == path, heard > 0 || came > 0 else { continue }
            if opening != nil, heard > 0 { establish(bin) } else { take(heard, bin) }
        }
    }

    mutating func establish(_ bin: Int) {
        opening = nil
        wasEstablished = true
        isSending = true
        sender = FluidSender(control, link: network.links[path].ledger, step: bin)
        whole = network.links[path].ledger.arrived
    }

    mutating func take(_ heard: Double, _ bin: Int) {
        if heard > 0, isSending {
            if let left, sender.elsewhere > 0 {
                _ = sender.overtake()
                _ = network.links[left].disown()
            }
            left = nil
            sender.acknowledge(heard, network.links[path].ledger, step: bin)
        }
        guard isSending else { return }
        let now = sender.whole(network.links[path].ledger)
        guard now > whole else { return }
        delivered.add((now - whole) * Segment.tcpPayload / Segment.size, bin)
        whole = now
    }

    mutating func send(_ bin: Int) {
        if opening != nil { opening?.send(&network.links[path], step: bin) }
        if isSending, !isHomeless {
            let room = max(0, limit - sender.onItsWay(network.links[path].ledger))
            network.links[path].offer(sender.send(room, network.links[path].ledger, step: bin).offered)
        }
        if let left, sender.elsewhere <= 0 {
            _ = network.links[left].disown()
            self.left = nil
        }
        for index in network.links.indices {
            let lost = network.links[index].serve(bin)
            if index == path, isSending, lost.dropped + lost.lost > 0 {
                sender.lose(lost.dropped + lost.lost, network.links[index].ledger)
            }
        }
    }

    var isHomeless: Bool {
        if case .home = choice { return home == nil }
        return false
    }
}
