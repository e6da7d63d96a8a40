// SPDX-License-Identifier: Apache-2.0
import Pcap

@testable import Scrubbing

/// An address to look for in what was scrubbed.
enum Quarry: Hashable {
    case station([UInt8])
    case internet(InternetAddress)

    var bytes: [UInt8] {
        switch self {
        case .station(let bytes): bytes
        case .internet(let address): address.networkBytes
        }
    }

    /// Whether the address is everybody's. This list is the test's own, so that the scrub cannot excuse itself.
    var isEverybodys: Bool {
        switch self {
        case .station(let bytes):
            let text = Self.hexadecimal(bytes, separator: ":")
            return [
                "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "33:33:00:00:00:01", "33:33:00:00:00:02",
                "33:33:00:00:00:05", "33:33:00:00:00:0d", "33:33:00:00:00:16", "33:33:00:00:00:fb",
                "33:33:00:01:00:02", "33:33:00:01:00:03", "01:00:5e:00:00:01", "01:00:5e:00:00:02",
                "01:00:5e:00:00:05", "01:00:5e:00:00:0d", "01:00:5e:00:00:16", "01:00:5e:00:00:fb",
                "01:00:5e:00:00:fc", "01:80:c2:00:00:00", "01:80:c2:00:00:0e",
            ].contains(text)
        case .internet(let address):
            return [
                "0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1", "224.0.0.2", "224.0.0.5", "224.0.0.13",
                "224.0.0.22", "224.0.0.251", "224.0.0.252", "::", "::1", "ff02::1", "ff02::2", "ff02::5", "ff02::d",
                "ff02::16", "ff02::fb", "ff02::1:2", "ff02::1:3", "ff05::1:3",
            ].contains("\(address)")
        }
    }

    /// The ways in which the address may be written, each with a name.
    var forms: [(name: String, bytes: [UInt8])] {
        var forms = Self.binary(bytes) + Self.texts(bytes)
        func add(_ name: String, _ bytes: [UInt8]) { forms.append((name, bytes)) }
        switch self {
        case .station(let bytes):
            add("the last three bytes", Array(bytes.suffix(3)))
            for (name, first) in [("EUI-64", bytes[0] ^ 2), ("EUI-64 without the bit", bytes[0])] {
                forms += Self.binary([first] + bytes[1..<3] + [0xff, 0xfe] + bytes[3...]).map { ("\(name) \($0)", $1) }
            }
            add("dots", Self.text([0, 2, 4].map { Self.hexadecimal(Array(bytes[$0..<($0 + 2)])) }, "."))
        case .internet(let address) where address.family == .v4:
            add("inverted, as in Teredo", bytes.map { ~$0 })
            add("dotted decimal", Array("\(address)".utf8))
            add("reversed for the DNS", Self.text(bytes.reversed().map { String($0) }, "."))
            add("a number", Array(String(Pseudonyms.number(bytes, as: UInt32.self)).utf8))
            add("a number, reversed", Array(String(Pseudonyms.number(bytes.reversed(), as: UInt32.self)).utf8))
            add("the first three bytes", Array(bytes.prefix(3)))
        case .internet(let address):
            add("text", Array("\(address)".utf8))
            add("text in capitals", Array("\(address)".uppercased().utf8))
            add("whole text", Self.text((0..<8).map { Self.hexadecimal(Array(bytes[($0 * 2)..<($0 * 2 + 2)])) }, ":"))
            add("reversed for the DNS", Self.text(Self.hexadecimal(bytes).reversed().map { String($0) }, "."))
            add("the host's half", Array(bytes.suffix(8)))
            add("the network's half", Array(bytes.prefix(8)))
            add("the last three bytes", Array(bytes.suffix(3)))
        }
        return forms
    }

    private static func binary(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        [("bytes", bytes), ("bytes, reversed", bytes.reversed())]
    }

    private static func texts(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        ["", ":", "-", " "].flatMap { separator -> [(name: String, bytes: [UInt8])] in
            let digits = hexadecimal(bytes, separator: separator)
            return [
                ("hexadecimal '\(separator)'", Array(digits.utf8)),
                ("capital hexadecimal '\(separator)'", Array(digits.uppercased().utf8)),
            ]
        } + (0..<3).map { ("base64, \($0) bytes in", base64(bytes, behind: $0)) }
    }

    static func hexadecimal(_ bytes: [UInt8], separator: String = "") -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
    }

    private static func text(_ parts: [String], _ separator: String) -> [UInt8] {
        Array(parts.joined(separator: separator).utf8)
    }

    /// The digits that these bytes alone decide, behind as many others.
    private static func base64(_ bytes: [UInt8], behind count: Int) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
        let first = (6 - count * 8 % 6) % 6
        return stride(from: first, through: bits.count - 6, by: 6).map { place in
            digits[bits[place..<(place + 6)].reduce(0) { $0 << 1 | Int($1) }]
        }
    }
}

/// Looks for addresses.
struct Hunt {
    struct Pattern: Hashable {
        var bytes: [UInt8]
        var quarry: Quarry
        var name: String
    }

    struct Find: Hashable, CustomStringConvertible {
        var place: Int
        var pattern: Pattern
        var description: String {
            "\(Quarry.hexadecimal(pattern.quarry.bytes, separator: ":")) as \(pattern.name) at byte \(place)"
        }
    }

    private var patterns: [UInt32: [Pattern]] = [:]
    /// Whether a pattern begins with these two bytes.
    private var beginnings = [Bool](repeating: false, count: 1 << 16)

    /// - Parameter tells: whether a pattern is long and mixed enough to be looked for.
    init(_ quarry: some Sequence<Quarry>, where tells: (Pattern) -> Bool = { _ in true }) {
        for one in quarry where !one.isEverybodys {
            for (name, bytes) in one.forms {
                let pattern = Pattern(bytes: bytes, quarry: one, name: name)
                guard tells(pattern) else { continue }
                beginnings[Int(bytes[0]) << 8 | Int(bytes[1])] = true
                patterns[Self.beginning(bytes[0], bytes[1], bytes[2]), default: []].append(pattern)
            }
        }
    }

    private static func beginning(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> UInt32 {
        UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    func finds(in bytes: [UInt8]) -> Set<Find> {
        var finds: Set<Find> = []
        bytes.withUnsafeBufferPointer { bytes in
            beginnings.withUnsafeBufferPointer { beginnings in
                var place = 0
                while place + 3 <= bytes.count {
                    if beginnings[Int(bytes[place]) << 8 | Int(bytes[place + 1])] {
                        for pattern in patterns[Self.beginning(bytes[place], bytes[place + 1], bytes[place + 2])] ?? []
                        where bytes[place...].starts(with: pattern.bytes) {
                            finds.insert(Find(place: place, pattern: pattern))
                        }
                    }
                    place += 1
                }
            }
        }
        return finds
    }

    /// What is left of the addresses in a file that was scrubbed with one key and with another.
    ///
    /// A short pattern is found by chance in a large file: of 2^24 places, once. Chance does not strike at the same
    /// place of both files, where whatever the keys decide differs; what the scrub lets through is at the same place in
    /// both. Longer patterns count wherever they are.
    func leaks(_ one: [UInt8], _ other: [UInt8]) -> [Find] {
        let (first, second) = (finds(in: one), finds(in: other))
        let both = first.intersection(second)
        let long = first.union(second).filter { $0.pattern.bytes.count > 4 }
        return both.union(long).sorted { $0.place < $1.place }
    }
}
