// SPDX-License-Identifier: Apache-2.0
import Determinism
import FoundationEssentials
import Pcap
import System

/// What the event log next to a capture (`NAME.events.jsonl`) says about the capture's interfaces.
struct RecordedEvents {
    struct Change: Equatable {
        var time: Timestamp
        var attached: Bool
    }

    struct Signal: Equatable {
        var time: Timestamp
        var dBm: Double
    }

    // The log's own keys.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Line: Decodable {
        var kind: String
        var time_ns: Int64
        var interface: String?
        var up: Bool?
        var carrier: Bool?
        var address: String?
        var there: Bool?
        var signal_dbm: Double?
    }

    /// The changes between having and not having a usable address, for each interface, in order of time.
    private(set) var attachment: [String: [Change]] = [:]
    private(set) var signals: [String: [Signal]] = [:]
    /// The number of lines that were not events, such as the last line of a recorder that was killed.
    private(set) var unread = 0

    /// More than any recording has; further ones are not read.
    private static let mostInterfaces = 1000
    private static let mostAddresses = 1000
    private static let longestLine = 1 << 16

    /// - Throws: `Fault` (bad input) if the file cannot be read.
    init(_ path: String) throws {
        var links: [String: Bool] = [:]
        var addresses: [String: Set<String>] = [:]
        var names: Set<String> = []
        var lines = try TextLines(InputFile.read(path))
        let decoder = JSONDecoder()
        while let text = lines.next() {
            guard text.bytes.count <= Self.longestLine,
                let line = try? decoder.decode(Line.self, from: Data(text.bytes))
            else {
                unread += 1
                continue
            }
            guard let name = line.interface else { continue }
            if names.count == Self.mostInterfaces, !names.contains(name) {
                unread += 1
                continue
            }
            names.insert(name)
            switch line.kind {
            case "link": links[name] = (line.up ?? true) && (line.carrier ?? true)
            case "link-gone":
                links[name] = false
                addresses[name] = []
            case "address":
                // A link-local address, which the host assigns itself, reaches no further than the link.
                guard let address = line.address, !address.hasPrefix("fe80:"), !address.hasPrefix("169.254.") else {
                    continue
                }
                if line.there ?? true, addresses[name]?.count ?? 0 < Self.mostAddresses {
                    addresses[name, default: []].insert(address)
                } else if line.there == false {
                    addresses[name, default: []].remove(address)
                }
            case "signal", "modem":
                if let dBm = line.signal_dbm {
                    signals[name, default: []].append(Signal(time: Timestamp(nanoseconds: line.time_ns), dBm: dBm))
                }
                continue
            default: continue
            }
            let attached = (links[name] ?? true) && !(addresses[name] ?? []).isEmpty
            if attachment[name]?.last?.attached != attached {
                attachment[name, default: []].append(
                    Change(time: Timestamp(nanoseconds: line.time_ns), attached: attached))
            }
        }
    }
}
