// SPDX-License-Identifier: Apache-2.0
import Determinism
import Pcap
import Testing

@testable import Scrubbing

/// Makes packets and files that have an address in a certain place. Each place has addresses of its own, so that what
/// is found says where it came from.
struct Crafting {
    private var generator: SplitMix64
    private(set) var quarry: [Quarry] = []

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed, purpose: "crafted addresses")
    }

    private mutating func random(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(1 + generator.next(below: 255)) }
    }

    mutating func v4() -> [UInt8] {
        let bytes = [UInt8(11 + generator.next(below: 100))] + random(3)
        quarry.append(.internet(InternetAddress(v4: Pseudonyms.number(bytes))))
        return bytes
    }

    mutating func v6(prefix: [UInt8] = [0x2a, 0x02]) -> [UInt8] {
        let bytes = prefix + random(16 - prefix.count)
        quarry.append(.internet(InternetAddress(v6: Pseudonyms.number(bytes), Pseudonyms.number(bytes[8...]))))
        return bytes
    }

    /// The address of one device.
    mutating func station() -> [UInt8] {
        let bytes = [random(1)[0] & 0xfc] + random(5)
        quarry.append(.station(bytes))
        return bytes
    }

    mutating func text(_ address: [UInt8]) -> String {
        switch address.count {
        case 4: address.map { String($0) }.joined(separator: ".")
        case 6: Quarry.hexadecimal(address, separator: ":")
        default: "\(InternetAddress(v6: Pseudonyms.number(address), Pseudonyms.number(address[8...])))"
        }
    }
}

/// A packet with addresses where they must not be found afterwards.
struct Crafted: Sendable, CustomTestStringConvertible {
    var place: String
    var linkType: LinkType
    var bytes: [UInt8]
    var quarry: [Quarry]

    var testDescription: String { place }

    init(_ place: String, _ linkType: LinkType = .raw, _ make: (inout Crafting) -> [UInt8]) {
        var crafting = Crafting(seed: place.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        (self.place, self.linkType, bytes) = (place, linkType, make(&crafting))
        quarry = crafting.quarry
    }

    // MARK: Parts

    private static func size(_ count: Int) -> [UInt8] { [UInt8(count >> 8), UInt8(count & 0xff)] }

    /// - Parameter source: the other addresses are those of documentation.
    static func ipv4(
        _ protocolNumber: UInt8, _ payload: [UInt8], source: [UInt8] = [192, 0, 2, 1],
        destination: [UInt8] = [192, 0, 2, 2], options: [UInt8] = []
    ) -> [UInt8] {
        [0x45 + UInt8(options.count / 4), 0] + size(20 + options.count + payload.count) + [0, 1, 0x40, 0]
            + [64, protocolNumber, 0xaa, 0xbb] + source + destination + options + payload
    }

    static let documentation: [UInt8] = [0x20, 1, 0x0d, 0xb8] + Sample.zeros(11) + [7]

    static func ipv6(
        _ next: UInt8, _ payload: [UInt8], source: [UInt8] = documentation, destination: [UInt8] = documentation
    ) -> [UInt8] {
        [0x60, 0, 0, 0] + size(payload.count) + [next, 64] + source + destination + payload
    }

    static func tcp(
        sequence: [UInt8] = [0, 0, 0, 5], acknowledgement: [UInt8] = [0, 0, 0, 6], flags: UInt8 = 0x18,
        tail: [UInt8] = [0xcc, 0xdd, 0, 0], options: [UInt8] = [], payload: [UInt8] = []
    ) -> [UInt8] {
        let padding = [UInt8](repeating: 1, count: (4 - options.count % 4) % 4)
        return [0x9c, 0x40, 1, 0xbb] + sequence + acknowledgement
            + [UInt8(20 + options.count + padding.count) << 2, flags, 1, 0] + tail + options + padding + payload
    }

    static func udp(_ payload: [UInt8], checksum: [UInt8] = [0xcc, 0xdd], port: UInt16 = 53) -> [UInt8] {
        [0x9c, 0x40] + size(Int(port)) + size(8 + payload.count) + checksum + payload
    }

    static func option(_ kind: UInt8, _ value: [UInt8]) -> [UInt8] { [kind, UInt8(value.count + 2)] + value }

    static func ethernet(_ type: [UInt8], _ payload: [UInt8], from: [UInt8] = Sample.zeros(6)) -> [UInt8] {
        Sample.zeros(6) + from + type + payload
    }
}
