// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat

/// A packet without what names people: addresses are pseudonyms, and nothing is left of what was said.
///
/// Lengths, ports, sequence numbers, TCP options and ICMP's echo numbers stay. Everything behind the transport's
/// header but for a probe's own numbers, and whatever is not read here (other protocols, packets without IP), is zeros;
/// checksums are, too.
enum PacketScrub {
    static func scrubbed(_ packet: borrowing Packet, _ pseudonyms: inout Pseudonyms) -> [UInt8] {
        var bytes = packet.bytes.withUnsafeBytes { Array($0) }
        guard let internet = packet.internetPacket else {
            // What type of packet it was may stay, if the link says it, and who sent it goes with the rest.
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
            // Options may hold the routers on the way.
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
            // Where the header has options or extensions, this may lie beyond what was captured.
            zero(&bytes, payload..<max(payload, bytes.count))
        }
        return bytes
    }

    /// The numbers by which a probe of ours measures, from which traces are derived. Of its greetings, which prove a
    /// key, no more is kept than what they are.
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

    /// Of each extension its first two bytes stay, which say what follows and where: the rest may name hosts.
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
        // The header before it may hold anything; its length stays, and where the frame's own addresses are.
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

    /// Addresses that Multipath TCP announces, and the keys by which its connections are known.
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
                // A cookie of TCP Fast Open names its client.
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
    /// 4 or 16.
    var networkBytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
        }
        return family == .v4 ? Array(all.suffix(4)) : all
    }
}
