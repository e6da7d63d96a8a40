// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities

/// Finds the near host's addresses on an interface whose capture does not say in which direction packets went. In each
/// address family, the near address is the endpoint of the most bytes.
struct AddressTally {
    private static let most = 10_000

    private var bytes: [InternetAddress: Int64] = [:]
    /// The hosts that opened connections. If two hosts talk with nobody else, the one that opened a connection is near.
    private var asked: Set<InternetAddress> = []

    mutating func add(_ packet: borrowing Packet) {
        guard packet.direction == .unknown, let internet = packet.internetPacket else { return }
        for address in [internet.source, internet.destination] {
            if bytes[address] != nil || bytes.count < Self.most { bytes[address, default: 0] += internet.length.bytes }
        }
        guard case .tcp(let segment) = internet.transport else { return }
        if segment.flags.contains(.syn), !segment.flags.contains(.acknowledgement), asked.count < Self.most {
            asked.insert(internet.source)
        }
    }

    var near: Set<InternetAddress> {
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
