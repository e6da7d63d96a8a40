// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

extension SinglePath {
    var wanted: Int? {
        switch choice {
        case .fixed(let path, _): network.links[path].isJoined ? path : nil
        case .preferred: order.first { network.links[$0].isJoined }
        case .home: home
        }
    }

    mutating func mobility(_ bin: Int) {
        while let entry = network.nextEntry(by: bin) {
            let lost = network.perform(entry, bin)
            if entry.action == .radioDown { lose(lost, entry.path) }
            guard entry.action == .join || entry.action == .leave else { continue }
            switch choice {
            case .fixed(entry.path, reconnects: true) where entry.action == .join: connect(entry.path, bin)
            case .preferred:
                if let best = wanted, best != (opening?.path ?? path) || best == entry.path { connect(best, bin) }
            default: break
            }
        }
    }

    mutating func lose(_ bytes: Double, _ path: Int) {
        guard isSending else { return }
        if path == self.path {
            sender.lose(bytes, network.links[path].ledger)
        } else if path == left {
            sender.loseElsewhere(network.links[self.path].ledger)
            left = nil
        }
    }

    mutating func connect(_ path: Int?, _ bin: Int) {
        guard let path else { return }
        for link in network.links.indices { _ = network.links[link].disown() }
        isSending = false
        left = nil
        self.path = path
        opening = Opening(path, step: bin, link: network.links[path].ledger)
    }

    mutating func moveHome(_ bin: Int) {
        while network.instant(bin) >= nextMove, let move = moves.popFirst() {
            nextMove = moves.first?.time.wholeNanoseconds ?? .max
            home = move.path
            guard let next = move.path, next != path else { continue }
            if opening != nil {
                connect(next, bin)
            } else if isSending {
                if let left {
                    _ = network.links[left].disown()
                    sender.loseElsewhere(network.links[path].ledger)
                }
                sender.leave(network.links[path].ledger, for: network.links[next].ledger, step: bin)
                left = path
                path = next
                whole = sender.whole(network.links[next].ledger)
            }
        }
    }
}
