// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap

/// The event log: one JSON document per line with sorted keys and the wall-clock time of the event.
struct EventLog {
    private let file: LineFile

    init(_ file: LineFile) {
        self.file = file
    }

    /// - Parameters:
    ///   - kind: `link`, `address`, `default-route`, …
    ///   - members: further details of the event.
    func log(_ kind: String, at time: Timestamp, interface: String? = nil, _ members: [String: JSON] = [:]) throws {
        var members = members
        members["time_ns"] = .integer(time.nanoseconds)
        members["kind"] = .string(kind)
        if let interface { members["interface"] = .string(interface) }
        try file.append(Self.line(.object(members)))
    }

    static func line(_ document: JSON) -> String { document.oneLine + "\n" }
}
