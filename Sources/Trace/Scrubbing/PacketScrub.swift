// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat

/// Removes from a packet what identifies people: addresses become pseudonyms, and no content is left.
///
/// Lengths, ports, sequence numbers, TCP options and ICMP's echo numbers stay. Zeros replace everything after the
/// transport header except a probe's own numbers, everything that is not parsed here (other protocols, packets without
/// IP), and checksums.
enum PacketScrub {
    static func scrubbed(_ packet: borrowing Packet, _ pseudonyms: inout Pseudonyms) -> [UInt8] {
        var bytes = packet.bytes.withUnsafeBytes { Array($0) }
        guard let internet = packet.internetPacket else {
            // The packet's type may stay if the link header gives it; the sender is removed with the rest.
            let kept = packet.linkType == .ethernet ? 12..<14 : packet.linkType == .linuxCooked ? 14..<16 : 0..<0
            for index in bytes.indices where !kept.contains(index) { bytes[index] = 0 }
            return bytes
        }
        replaceStations(&bytes, packet.linkType, pseudonyms)
        let start = internet.headerOffset
        replace(&bytes, internet.source, at: start + (internet.source.family == .v4 ? 12 : 8), &pseudonyms)
        replace(&bytes, internet.destination, at: start + (internet.source.family == .v4 ? 16 : 24), &pseudonyms)
        if internet.source.family == .v4 {
            zero(&bytes, (start + 10)..<(start + 12))
            // Options may list the routers on the path.
            zero(&bytes, (start + 20)..<internet.payloadOffset)
        } else {
            clearExtensions(&bytes, (start + 40)..<internet.payloadOffset)
        }
        let payload = internet.payloadOffset
        switch internet.transport {
        case .tcp(let segment):
            zero(&bytes, (payload + 16)..<(payload + 18))
            replaceAnnounced(&bytes, segment.options, &pseudonyms)
            zero(&bytes, segment.options.upperBound..<bytes.count)
        case .udp(let datagram):
            let kept = probe(bytes, datagram.payload)
            zero(&bytes, (payload + 6)..<(payload + 8))
            zero(&bytes, (payload + 8)..<bytes.count)
            bytes.replaceSubrange((payload + 8)..<(payload + 8 + kept.count), with: kept)
        case .icmp:
            zero(&bytes, (payload + 2)..<(payload + 4))
            zero(&bytes, (payload + 8)..<bytes.count)
        case .other:
            // If the header has options or extensions, this position may be beyond what was captured.
            zero(&bytes, payload..<max(payload, bytes.count))
        }
        return bytes
    }

    /// Keeps the numbers with which our probe measures, since traces are derived from them. Of its greetings, which
    /// prove a key, only the message type is kept.
    private static func probe(_ bytes: [UInt8], _ payload: Range<Int>) -> [UInt8] {
        let message = bytes[payload.clamped(to: 0..<bytes.count)].withUnsafeBytes { ProbeMessage($0) }
        switch message {
        case .data, .feedback, .report, .relay, .echo, .echoReply, .idle, .stop, .sound:
            return message?.encoded ?? []
        case .hello, .challenge, .start, .started, .refused, .bulk: return Array(message?.encoded.prefix(8) ?? [])
        case nil: return []
        }
    }

    private static func zero(_ bytes: inout [UInt8], _ range: Range<Int>) {
        for index in range.clamped(to: 0..<bytes.count) { bytes[index] = 0 }
    }

    private static func replace(
        _ bytes: inout [UInt8], _ address: InternetAddress, at offset: Int, _ pseudonyms: inout Pseudonyms
    ) {
        let pseudonym = pseudonyms.pseudonym(of: address)
        for (index, byte) in pseudonym.networkBytes.enumerated() where offset + index < bytes.count {
            bytes[offset + index] = byte
        }
    }

    /// Keeps the first two bytes of each extension, which give the next header and its position; the rest may identify
    /// hosts.
    private static func clearExtensions(_ bytes: inout [UInt8], _ range: Range<Int>) {
        var position = range.lowerBound
        while position + 2 <= min(range.upperBound, bytes.count) {
            let size = (Int(bytes[position + 1]) + 1) * 8
            zero(&bytes, (position + 2)..<min(position + size, range.upperBound))
            position += size
        }
    }

    private static func replaceStations(_ bytes: inout [UInt8], _ linkType: LinkType, _ pseudonyms: Pseudonyms) {
        let places: [Int]
        switch linkType {
        case .ethernet: places = [0, 6]
        case .linuxCooked: places = [6]
        case .linuxCooked2: places = [12]
        case .ieee80211: places = [4, 10, 16]
        // The radiotap header may contain anything. Its length stays, and so do the positions of the frame's own
        // addresses.
        case .ieee80211Radiotap:
            guard bytes.count >= 4 else { return }
            let length = Int(bytes[2]) | Int(bytes[3]) << 8
            places = [length + 4, length + 10, length + 16]
        default: return
        }
        for place in places where place + 6 <= bytes.count {
            bytes.replaceSubrange(place..<(place + 6), with: pseudonyms.station(Array(bytes[place..<(place + 6)])))
        }
    }

    /// Replaces the addresses that Multipath TCP announces and the keys that identify its connections.
    private static func replaceAnnounced(
        _ bytes: inout [UInt8], _ options: Range<Int>, _ pseudonyms: inout Pseudonyms
    ) {
        var position = options.lowerBound
        while position + 2 <= options.upperBound {
            let kind = bytes[position]
            if kind == 0 { return }
            if kind == 1 {
                position += 1
                continue
            }
            let length = Int(bytes[position + 1])
            guard length >= 2, position + length <= options.upperBound else {
                return zero(&bytes, position..<options.upperBound)
            }
            if kind == 30, length >= 8, bytes[position + 2] >> 4 == 3 {
                announced(&bytes, at: position + 4, size: length - 4, &pseudonyms)
            } else if kind == 34 {
                // A TCP Fast Open cookie identifies its client.
                zero(&bytes, (position + 2)..<(position + length))
            }
            position += length
        }
    }

    private static func announced(
        _ bytes: inout [UInt8], at place: Int, size: Int, _ pseudonyms: inout Pseudonyms
    ) {
        func number(_ range: Range<Int>) -> UInt64 { range.reduce(0) { $0 << 8 | UInt64(bytes[place + $1]) } }
        if size >= 16, size != 18 || bytes[place - 2] & 0x0f != 0 {
            replace(&bytes, InternetAddress(v6: number(0..<8), number(8..<16)), at: place, &pseudonyms)
        } else {
            replace(&bytes, InternetAddress(v4: UInt32(number(0..<4))), at: place, &pseudonyms)
        }
    }
}

extension InternetAddress {
    /// The address in network byte order: 4 or 16 bytes.
    var networkBytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
        }
        return family == .v4 ? Array(all.suffix(4)) : all
    }
}
