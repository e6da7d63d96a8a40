// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat

/// IPv4, IPv6 with its extensions, UDP and ICMP.
extension PacketScrub {
    /// Every packet gets this many hops, since their number tells the system and the distance.
    private static let hops: UInt8 = 64
    /// The two bits that routers change where data waits (RFC 3168); the other six of their field may name an owner.
    private static let congestionBits: UInt8 = 0x03

    mutating func address(at position: Int, _ family: InternetAddress.Family) {
        guard let address = originalAddress(at: position, family) else { return }
        copy.put(keys.pseudonym(of: address).networkBytes, at: position)
    }

    private func originalAddress(at position: Int, _ family: InternetAddress.Family) -> InternetAddress? {
        copy.original(at: position, count: family == .v4 ? 4 : 16).flatMap(InternetAddress.init(networkBytes:))
    }

    mutating func versionFour(at start: Int) -> Bool {
        let left = wireLength - start
        guard let header = copy.original(at: start, count: 20),
            let source = originalAddress(at: start + 12, .v4),
            let destination = originalAddress(at: start + 16, .v4)
        else { return false }
        let size = Int(header[0] & 0x0f) * 4
        let total: UInt16 = Pseudonyms.number(header[2...])
        let length = total == 0 ? left : min(Int(total), left)
        guard size >= 20, length >= size else { return false }
        copy.put(header[0], at: start)
        copy.put(header[1] & Self.congestionBits, at: start + 1)
        copy.put(UInt16(clamping: total == 0 ? 0 : length), at: start + 2)
        let pair = AddressPair(source: source, destination: destination)
        let identification = keys.identification(Pseudonyms.number(header[4...], as: UInt16.self), pair)
        copy.put(identification, at: start + 4)
        copy.keep(start + 6, count: 2)
        copy.put(Self.hops, at: start + 8)
        copy.put(header[9], at: start + 9)
        address(at: start + 12, .v4)
        address(at: start + 16, .v4)
        let isLater = Pseudonyms.number(header[6...], as: UInt16.self) & 0x1fff != 0
        if !isLater { transport(header[9], at: start + size, wireLength: length - size, pair) }
        return true
    }

    mutating func versionSix(at start: Int) -> Bool {
        let left = wireLength - start
        guard let header = copy.original(at: start, count: 40),
            let source = originalAddress(at: start + 8, .v6),
            let destination = originalAddress(at: start + 24, .v6)
        else { return false }
        let payload: UInt16 = Pseudonyms.number(header[4...])
        let length = payload == 0 ? left : min(Int(payload) + 40, left)
        guard length >= 40 else { return false }
        // The version, and the two bits, which begin in the middle of a byte. The flow label is zero.
        copy.put(UInt16(0x6000) | UInt16(header[1] >> 4 & Self.congestionBits) << 4, at: start)
        copy.put(UInt16(clamping: payload == 0 ? 0 : length - 40), at: start + 4)
        copy.put(header[6], at: start + 6)
        copy.put(Self.hops, at: start + 7)
        address(at: start + 8, .v6)
        address(at: start + 24, .v6)
        let pair = AddressPair(source: source, destination: destination)
        if let (next, position) = extensions(header[6], at: start + 40, end: start + length, pair) {
            transport(next, at: position, wireLength: start + length - position, pair)
        }
        return true
    }

    /// Of each extension its size stays and what follows it. They may hold addresses: of routers, of a mobile host's
    /// home.
    ///
    /// - Returns: the transport protocol and where it begins; nil if this is a fragment after the first.
    private mutating func extensions(
        _ first: UInt8, at start: Int, end: Int, _ pair: AddressPair
    ) -> (next: UInt8, position: Int)? {
        var (next, position) = (first, start)
        while position + 8 <= end, let header = copy.original(at: position, count: 8) {
            let size: Int
            switch next {
            case 44:
                let offset = Pseudonyms.number(header[2...], as: UInt16.self) & 0xfff9
                copy.put(header[0], at: position)
                copy.put(offset, at: position + 2)
                copy.put(keys.identification(Pseudonyms.number(header[4...], as: UInt32.self), pair), at: position + 4)
                if offset & 0xfff8 != 0 { return nil }
                size = 8
            case 0, 43, 60, 135:
                copy.keep(position, count: 2)
                size = (Int(header[1]) + 1) * 8
            // The authentication header counts in units of four bytes and leaves two of them out.
            case 51:
                copy.keep(position, count: 2)
                size = (Int(header[1]) + 2) * 4
            default: return (next, position)
            }
            next = header[0]
            position += size
        }
        return (next, position)
    }

    // MARK: Transport

    /// - Parameter wireLength: length on the wire of the transport header and everything after it.
    private mutating func transport(_ number: UInt8, at start: Int, wireLength: Int, _ pair: AddressPair) {
        let captured = min(copy.count - start, wireLength)
        switch number {
        case 6: segment(at: start, captured: captured, wireLength: wireLength, pair)
        case 17: datagram(at: start, captured: captured, wireLength: wireLength)
        case 1, 58: control(at: start, captured: captured)
        default: break
        }
    }

    private mutating func datagram(at start: Int, captured: Int, wireLength: Int) {
        guard captured >= 8, let length: UInt16 = copy.number(at: start + 4) else { return }
        // Both ports.
        copy.keep(start, count: 4)
        let whole = length < 8 ? wireLength : min(Int(length), wireLength)
        copy.put(UInt16(clamping: length < 8 ? 0 : whole), at: start + 4)
        guard let payload = copy.original(at: start + 8, count: min(whole, captured) - 8),
            let message = payload.withUnsafeBytes({ ProbeMessage($0) })
        else { return }
        copy.put(message.published { keys.session($0) }, at: start + 8)
    }

    /// Type and code, and the numbers by which the answer to an echo is found. Other messages name gateways, or quote
    /// packets.
    private mutating func control(at start: Int, captured: Int) {
        guard captured >= 8, let header = copy.original(at: start, count: 8) else { return }
        copy.keep(start, count: 2)
        guard [0, 8, 128, 129].contains(header[0]) else { return }
        copy.put(keys.echo(Pseudonyms.number(header[4...])), at: start + 4)
        copy.keep(start + 6, count: 2)
    }
}
