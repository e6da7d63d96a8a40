// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// Finds the near host's addresses on an interface, for packets of which the capture does not say in which direction
/// they went. They are those that other packets of the interface name as near. If no packet does, the near address is
/// in each address family the endpoint of the most bytes.
struct AddressTally {
    /// The most addresses that are counted on one interface, and on all of a capture's.
    private static let most = 10_000
    private static let mostOfAll = 64 * most

    private var bytes: [InternetAddress: Int64] = [:]
    /// The hosts that opened connections. If two hosts talk with nobody else, the one that opened a connection is near.
    private var asked: Set<InternetAddress> = []
    /// The near ends of packets whose direction the capture states; nil if it states none.
    private var stated: Set<InternetAddress>?

    /// - Parameter interfaces: the number of the capture's interfaces so far.
    mutating func add(_ packet: borrowing Packet, of interfaces: Int) {
        guard let internet = packet.internetPacket else { return }
        let most = min(Self.most, Self.mostOfAll / max(1, interfaces))
        switch packet.direction {
        case .outbound: state(internet.source, most)
        case .inbound: state(internet.destination, most)
        case .unknown: addUnknown(internet, most)
        }
    }

    private mutating func state(_ address: InternetAddress, _ most: Int) {
        guard stated?.count ?? 0 < most else { return }
        stated = stated ?? []
        stated?.insert(address)
    }

    private mutating func addUnknown(_ internet: IPPacket, _ most: Int) {
        for address in [internet.source, internet.destination] {
            if bytes[address] != nil || bytes.count < most { bytes[address, default: 0] += internet.length.bytes }
        }
        guard case .tcp(let segment) = internet.transport else { return }
        if segment.flags.contains(.syn), !segment.flags.contains(.acknowledgement), asked.count < most {
            asked.insert(internet.source)
        }
    }

    var near: Set<InternetAddress> {
        if let stated { return stated }
        var near: Set<InternetAddress> = []
        for family in [InternetAddress.Family.v4, .v6] {
            let candidates = bytes.filter { $0.key.family == family }
            let best = candidates.max { left, right in
                let (leftAsked, rightAsked) = (asked.contains(left.key), asked.contains(right.key))
                if left.value != right.value { return left.value < right.value }
                if leftAsked != rightAsked { return rightAsked }
                return left.key > right.key
            }
            if let best { near.insert(best.key) }
        }
        return near
    }
}

extension Set<InternetAddress> {
    /// The direction of a packet if these are the near host's addresses.
    func direction(of internet: IPPacket) -> PacketDirection {
        if contains(internet.source) { return .outbound }
        return contains(internet.destination) ? .inbound : .unknown
    }
}
