// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import System
import TraceFormats
import Traces
import Yams

/// A replay's settings of a path whose links are opportunity files, which contain nothing but capacity.
struct OpportunitySettings {
    /// The duration; nil: that of the shorter file, played once.
    var duration: Duration?
    /// The round-trip time; nil: the default of the path's kind.
    var roundTrip: Duration?
    /// The downlink's queue; nil: the default for its rate.
    var queueDown: ByteCount?
    var queueUp: ByteCount?
    var detachAfter: Duration?

    /// Cache key: equal if and only if the settings are equal.
    var words: String {
        let times = [duration, roundTrip, detachAfter].map { $0.map { "\($0.wholeNanoseconds)" } ?? "-" }
        let sizes = [queueDown, queueUp].map { $0.map { "\($0.bytes)" } ?? "-" }
        return (times + sizes).joined(separator: " ")
    }
}

extension ReplayDocument {
    static let opportunityKeys = ["duration", "rtt", "queue_down", "queue_up", "detach_after"]

    /// Reads the files of one path.
    func readSource(
        _ name: String, _ keyNode: Node, _ members: YAMLReader.Members
    ) throws -> (files: [(name: String, node: Node)], OpportunitySettings?) {
        switch (members["trace"], members["opportunities"]) {
        case (let node?, nil):
            if let stray = members.entries.first(where: { Self.opportunityKeys.contains($0.key) }) {
                throw reader.fault(
                    stray.keyNode,
                    "'\(stray.key)' is only for 'opportunities', because a trace has it in its header or rows; "
                        + "remove it"
                )
            }
            return ([(try reader.string(node, "trace"), node)], nil)
        case (nil, let node?):
            let files = try reader.list(node, "opportunities", example: "[\(name).down, \(name).up]")
            guard files.count <= 2 else {
                throw reader.fault(
                    files[2], "'opportunities' takes one file downlink and one uplink; remove the others")
            }
            return (
                try files.map { (try reader.string($0, "opportunities"), $0) }, try readOpportunitySettings(members)
            )
        case (.some, let node?):
            throw reader.fault(node, "path '\(name)' has both a trace and opportunities; remove one of them")
        case (nil, nil):
            throw reader.fault(keyNode, "path '\(name)' has no trace; add 'trace: FILE.trace.csv'")
        }
    }

    private func readOpportunitySettings(_ members: YAMLReader.Members) throws -> OpportunitySettings {
        func time(_ key: String, _ range: ClosedRange<Duration>, _ example: String) throws -> Duration? {
            try members[key].map { try reader.duration($0, key, in: range, example: example) }
        }
        func size(_ key: String) throws -> ByteCount? {
            try members[key].map {
                try reader.size($0, key, in: ByteCount(1504)...ByteCount(1_000_000_000_000), example: "150kB")
            }
        }
        return OpportunitySettings(
            duration: try time("duration", .milliseconds(1)...(.seconds(48 * 3600)), "120s"),
            roundTrip: try time("rtt", .zero...(.seconds(60)), "60ms"), queueDown: try size("queue_down"),
            queueUp: try size("queue_up"),
            detachAfter: try time("detach_after", .milliseconds(1)...(.seconds(48 * 3600)), "2s"))
    }
}

extension ReplayDocument.Path {
    /// The trace of a path whose links are these opportunities.
    ///
    /// - Parameter both: the downlink's, and the uplink's if it has its own.
    /// - Throws: `Fault` (bad input) if the path's kind or round-trip time is not known, or the trace would be too
    ///   long.
    func trace(
        _ both: [Opportunities], _ settings: OpportunitySettings, _ reader: YAMLReader, _ memory: inout WalkMemory
    ) throws -> PathTrace {
        guard let kind = kind ?? PathKind(guessedFrom: name) else {
            throw reader.fault(
                self.files[0].node,
                "the kind of path '\(name)' does not follow from its name; add 'kind:' with one of "
                    + PathKind.names.joined(separator: ", "))
        }
        guard let roundTrip = settings.roundTrip ?? TraceDefaults.roundTrip(of: kind) else {
            throw reader.fault(
                self.files[0].node,
                "path '\(name)' is of kind '\(kind.rawValue)', which has no default round-trip time; add 'rtt: 20ms'")
        }
        let opportunities = PathOpportunities(down: both[0], up: both.count > 1 ? both[1] : both[0].third())
        let duration = settings.duration ?? min(opportunities.down.period, opportunities.up.period)
        try memory.admit(
            opportunities, until: duration, roundTrip: roundTrip, detachAfter: settings.detachAfter,
            reader.place(of: self.files[0].node))
        var trace = PathTrace(
            name: name, kind: kind, duration: duration, opportunities: opportunities, roundTrip: roundTrip,
            detachAfter: settings.detachAfter, source: self.files.map(\.name).joined(separator: ", "))
        trace.queueDown = settings.queueDown ?? TraceDefaults.queue(of: trace, .down)
        trace.queueUp = settings.queueUp ?? TraceDefaults.queue(of: trace, .up)
        return trace
    }
}
