// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// Finds the near host's addresses on an interface, for packets of which the capture does not say in which direction
/// they went. They are those that other packets of the interface name as near. If no packet does, the near address is
/// in each address family the endpoint of the most bytes.
struct AddressTally {
    private static let most = 10_000

    private var bytes: [InternetAddress: Int64] = [:]
    /// The hosts that opened connections. If two hosts talk with nobody else, the one that opened a connection is near.
    private var asked: Set<InternetAddress> = []
    /// The near ends of packets whose direction the capture states; nil if it states none.
    private var stated: Set<InternetAddress>?

    mutating func add(_ packet: borrowing Packet) {
        guard let internet = packet.internetPacket else { return }
        switch packet.direction {
        case .outbound: state(internet.source)
        case .inbound: state(internet.destination)
        case .unknown: addUnknown(internet)
        }
    }

    private mutating func state(_ address: InternetAddress) {
        guard stated?.count ?? 0 < Self.most else { return }
        stated = stated ?? []
        stated?.insert(address)
    }

    private mutating func addUnknown(_ internet: IPPacket) {
        for address in [internet.source, internet.destination] {
            if bytes[address] != nil || bytes.count < Self.most { bytes[address, default: 0] += internet.length.bytes }
        }
        guard case .tcp(let segment) = internet.transport else { return }
        if segment.flags.contains(.syn), !segment.flags.contains(.acknowledgement), asked.count < Self.most {
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
