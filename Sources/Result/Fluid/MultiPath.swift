// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// One MPTCP connection over every path, with upstream's scheduler.
struct MultiPath {
    var network: FluidNetwork
    let control: CongestionWindow.Control
    let limit: Double
    let initial: Int?
    var openings: [Opening?]
    var subflows: [Subflow]
    var isEstablished = false
    var map = StreamMap()
    /// Bytes that the application has written and no subflow has been given yet.
    var pending = 0.0
    /// Whether data is outstanding that must be sent again once there is a subflow.
    var isStranded = false
    var isBlocked = false
    var whole: [Double]
    /// When in-order data last arrived.
    var progress = 0
    var delivered: Tally

    /// `MPTCP_SEND_BURST_SIZE`, a number of payload bytes.
    static let burst = 65_428 * Segment.size / Segment.mptcpPayload

    /// The most that the kernel sends again at a time: a fragment of eight pages.
    static let fragment = 32_768 * Segment.size / Segment.mptcpPayload

    init?(_ plan: RunPlan, _ network: FluidNetwork, _ control: CongestionWindow.Control) throws {
        guard plan.strategy == .mptcp, plan.mobility.mode == .informed, plan.paths.allSatisfy({ $0.subflows == 1 })
        else { return nil }
        self.network = network
        self.control = control
        limit = Double(plan.transport.sendBuffer.bytes) / Segment.charge * Segment.size
        initial = try plan.initialPath()
        openings = plan.paths.map { _ in nil }
        subflows = network.links.map { Subflow(control, link: $0.ledger, step: 0) }
        whole = plan.paths.map { _ in 0 }
        delivered = Tally([UInt32](repeating: 0, count: network.bins))
    }

    /// - Returns: the in-order application bytes of each bin, and the links.
    mutating func run() -> (delivered: [UInt32], links: [FluidLink]) {
        for bin in 0..<network.steps {
            for path in network.links.indices { network.links[path].follow(nanosecond: network.instant(bin)) }
            mobility(bin)
            if !isEstablished { connect(bin) }
            hear(bin)
            write()
            schedule()
            rescue(bin)
            send(bin)
        }
        return (delivered.bins, network.links)
    }

    // MARK: - Coming and going

    mutating func mobility(_ bin: Int) {
        while let entry = network.nextEntry(by: bin) {
            let lost = network.perform(entry, bin)
            let path = entry.path
            switch entry.action {
            case .radioDown where subflows[path].isOpen: subflows[path].sender.lose(lost, network.links[path].ledger)
            case .join where isEstablished: open(path, bin)
            case .leave: close(path)
            default: break
            }
        }
    }

    mutating func connect(_ bin: Int) {
        guard openings.allSatisfy({ $0 == nil }) else { return }
        let joined = network.joined
        let path = initial.flatMap { joined[$0] ? $0 : nil } ?? joined.firstIndex(of: true)
        if let path { open(path, bin) }
    }

    mutating func open(_ path: Int, _ bin: Int) {
        _ = network.links[path].disown()
        openings[path] = Opening(path, step: bin, link: network.links[path].ledger)
    }

    /// The address is withdrawn: its subflow is gone, and the kernel sends all unacknowledged data again, including
    /// data in flight over other paths.
    mutating func close(_ path: Int) {
        openings[path] = nil
        _ = network.links[path].disown()
        guard subflows[path].isOpen else { return }
        subflows[path].isOpen = false
        map.lose(path)
        isStranded = true
        resume()
    }

    mutating func resume() {
        guard isStranded, let path = next() else { return }
        isStranded = false
        map.reinject(over: path, start: subflows[path].given)
        subflows[path].give(map.outstanding)
    }

    mutating func establish(_ path: Int, _ bin: Int) {
        openings[path] = nil
        subflows[path] = Subflow(control, link: network.links[path].ledger, step: bin)
        subflows[path].isOpen = true
        whole[path] = 0
        if !isEstablished {
            isEstablished = true
            for other in subflows.indices where other != path && network.links[other].isJoined { open(other, bin) }
        }
        resume()
    }

    // MARK: - One step

    mutating func hear(_ bin: Int) {
        for path in network.links.indices {
            let (came, heard) = network.links[path].advance(bin)
            if openings[path] != nil, heard > 0 {
                establish(path, bin)
            } else if subflows[path].isOpen {
                if heard > 0 {
                    let coupled = coupled
                    subflows[path].sender.acknowledge(heard, network.links[path].ledger, step: bin, coupled: coupled)
                }
                guard came > 0 else { continue }
                subflows[path].receive(network.links[path].ledger)
                whole[path] = subflows[path].whole
            }
        }
        let taken = map.take(whole)
        if taken > 0 || map.outstanding < 1 { progress = bin }
        if taken > 0 { delivered.add(taken * Segment.mptcpPayload / Segment.size, bin) }
    }

    mutating func send(_ bin: Int) {
        for path in network.links.indices {
            if openings[path] != nil { openings[path]?.send(&network.links[path], step: bin) }
            if subflows[path].isOpen {
                network.links[path].offer(subflows[path].send(network.links[path].ledger, step: bin))
            }
            let lost = network.links[path].serve(bin)
            if lost.dropped + lost.lost > 0, subflows[path].isOpen {
                subflows[path].sender.lose(lost.dropped + lost.lost, network.links[path].ledger)
            }
        }
    }
}
