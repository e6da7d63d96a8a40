// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Pcap

/// One line of an event log, with what may be shown of it. A kind, a key or a value that is not known here is left out.
struct EventScrub: Decodable {
    private static let technologies: Set<String> = [
        "gsm", "gsm-compact", "gprs", "edge", "umts", "hsdpa", "hsupa", "hspa", "hspa-plus", "1xrtt", "evdo0", "evdoa",
        "evdob", "lte", "5gnr", "lte-cat-m", "lte-nb-iot",
    ]
    private static let states: Set<String> = [
        "started", "silent", "refused", "ended", "charging", "discharging", "full", "not charging", "unknown",
    ]

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The kinds, each with its members besides time and interface. Positions are not among them.
    private static let kinds: [String: [String]] = [
        "link": ["up", "carrier", "mtu", "index"], "link-gone": [], "address": ["address", "there"],
        "default-route": ["destination", "family", "gateway", "metric", "there"],
        "route": ["destination", "family", "gateway", "metric", "there"], "association": ["bssid"],
        "signal": ["signal_dbm", "sending_mbps", "receiving_mbps"],
        "modem": ["technology", "signal_dbm", "rsrp_dbm", "rsrq_db", "quality_percent"],
        "battery": ["percent", "status"], "probe": ["state"], "live": ["state", "status"], "clock-step": ["step_s"],
        "overflow": [], "end": [],
    ]

    private let container: KeyedDecodingContainer<Key>
    private let kind: String
    private let time: Int64

    /// - Throws: if derivation, which reads these members, could not read the line either.
    init(from decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: Key.self)
        kind = try container.decode(String.self, forKey: Key(stringValue: "kind"))
        time = try container.decode(Int64.self, forKey: Key(stringValue: "time_ns"))
        for name in ["up", "carrier", "there"] {
            _ = try container.decodeIfPresent(Bool.self, forKey: Key(stringValue: name))
        }
        for name in ["interface", "address"] {
            _ = try container.decodeIfPresent(String.self, forKey: Key(stringValue: name))
        }
        _ = try container.decodeIfPresent(Double.self, forKey: Key(stringValue: "signal_dbm"))
    }

    private func value<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) -> Value? {
        try? container.decode(Value.self, forKey: Key(stringValue: name))
    }

    /// nil if nothing of the line may be shown.
    func published(_ keys: inout Pseudonyms) -> JSON? {
        guard let names = Self.kinds[kind] else { return nil }
        var members: [String: JSON] = ["kind": .string(kind), "time_ns": .integer(time)]
        if let name = value("interface", String.self) { members["interface"] = .string(keys.interface(name)) }
        for name in names {
            if let member = member(name, &keys) { members[name] = member }
        }
        return .object(members)
    }

    private func member(_ name: String, _ keys: inout Pseudonyms) -> JSON? {
        switch name {
        case "up", "carrier", "there": value(name).map { .bool($0) }
        case "address", "destination", "gateway": value(name).flatMap { Self.address($0, &keys) }
        case "bssid": value(name).flatMap { Self.station($0, keys) }
        case "family": value(name, String.self).flatMap { ["ipv4", "ipv6"].contains($0) ? .string($0) : nil }
        case "technology": value(name).flatMap(Self.technology)
        case "state": value(name).flatMap(Self.state)
        // A battery's is a word, that of a command a number.
        case "status" where kind == "battery": value(name).flatMap(Self.state)
        case "status", "percent", "quality_percent": integer(name, 0...255)
        case "mtu", "index", "metric": integer(name, 0...65_536)
        case "step_s": number(name, -1e6...1e6)
        case "sending_mbps", "receiving_mbps": number(name, 0...1e6)
        default: number(name, -200...100)
        }
    }

    private func integer(_ name: String, _ range: ClosedRange<Int64>) -> JSON? {
        value(name).flatMap { range.contains($0) ? .integer($0) : nil }
    }

    private func number(_ name: String, _ range: ClosedRange<Double>) -> JSON? {
        value(name).flatMap { range.contains($0) ? .number($0) : nil }
    }

    private static func state(_ text: String) -> JSON? {
        states.contains(text.lowercased()) ? .string(text) : nil
    }

    /// Several are joined by a plus sign.
    private static func technology(_ text: String) -> JSON? {
        text.split(separator: "+").allSatisfy { technologies.contains(String($0)) } ? .string(text) : nil
    }

    /// An address, with the length of its network if it has one.
    private static func address(_ text: String, _ keys: inout Pseudonyms) -> JSON? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ InternetAddress(parsing: String($0)) }) else { return nil }
        let pseudonym = keys.pseudonym(of: address)
        guard parts.count > 1 else { return .string("\(pseudonym)") }
        guard let length = Int(parts[1]), (0...128).contains(length) else { return nil }
        return .string("\(pseudonym)/\(length)")
    }

    private static func station(_ text: String, _ keys: borrowing Pseudonyms) -> JSON? {
        let octets = text.split(separator: ":").compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        guard octets.count == 6, text.utf8.count == 17 else { return nil }
        let digits = keys.station(octets).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return .string(digits.joined(separator: ":"))
    }
}
