// SPDX-License-Identifier: Apache-2.0
import Pcap

/// One direction of a TCP connection.
struct FlowDirection: Hashable {
    var source: InternetAddress
    var destination: InternetAddress
    var sourcePort: UInt16
    var destinationPort: UInt16

    var reversed: FlowDirection {
        FlowDirection(
            source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort)
    }
}

/// What is added to the numbers that one end of a TCP connection sends and the other end confirms.
struct FlowOffsets {
    var sequence: UInt32
    /// For the clock in RFC 7323's time stamps, which tells how long a machine has been running.
    var stamp: UInt32
}

/// Who sends IP packets to whom.
struct AddressPair: Hashable {
    var source: InternetAddress
    var destination: InternetAddress
}

/// Numbers that may be an address, a secret or a clock. Derivation compares them with each other only, so that it finds
/// the same if all of a kind are changed alike.
extension Pseudonyms {
    /// Bounds the memory for flows and pairs; those that are needed again are computed again.
    private static let most = 100_000

    mutating func offsets(of flow: FlowDirection) -> FlowOffsets {
        if let known = flows[flow] { return known }
        if flows.count >= Self.most { flows.removeAll() }
        let numbers = digest(
            [10] + flow.source.networkBytes + flow.destination.networkBytes + Self.bytes(flow.sourcePort)
                + Self.bytes(flow.destinationPort))
        let offsets = FlowOffsets(sequence: Self.number(numbers), stamp: Self.number(numbers.dropFirst(4)))
        flows[flow] = offsets
        return offsets
    }

    /// The identification of a packet's fragments: equal if it was equal, between the same two hosts. Zero stays, since
    /// it is what a packet has that is not to be fragmented.
    mutating func identification<Number: FixedWidthInteger>(_ number: Number, _ pair: AddressPair) -> Number {
        if number == 0 { return 0 }
        if let mask = pairs[pair] { return number ^ Number(truncatingIfNeeded: mask) }
        if pairs.count >= Self.most { pairs.removeAll() }
        let mask: UInt32 = Self.number(digest([12] + pair.source.networkBytes + pair.destination.networkBytes))
        pairs[pair] = mask
        return number ^ Number(truncatingIfNeeded: mask)
    }

    /// The identifier of an ICMP echo.
    func echo(_ identifier: UInt16) -> UInt16 { identifier ^ Self.number(digest([13])) }

    /// The session of a probe. Whoever knows one that lasts can send datagrams into it. Zero means that there is none.
    func session(_ number: UInt64) -> UInt64 { number == 0 ? 0 : Self.number(digest([14] + Self.bytes(number))) }

    /// The key of a Multipath TCP connection. Its token, and nothing else, decides the result: `token` gives the
    /// result's token, so that a subflow still names the connection that it joins, in other captures too.
    ///
    /// - Parameter version: only in version 1 is a token computed in a way that derivation follows.
    func multipathKey(_ key: UInt64, version: UInt8) -> UInt64 {
        version == 1 ? self.key(of: Self.token(of: key)) : Self.number(digest([16] + Self.bytes(key)))
    }

    /// The token with which a subflow names its connection.
    func token(_ token: UInt32) -> UInt32 { Self.token(of: key(of: token)) }

    private func key(of token: UInt32) -> UInt64 { Self.number(digest([15] + Self.bytes(token))) }

    /// RFC 8684, section 3.2.
    private static func token(of key: UInt64) -> UInt32 { number(hash(bytes(key))) }
}
