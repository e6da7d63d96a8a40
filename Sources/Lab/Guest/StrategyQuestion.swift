// SPDX-License-Identifier: Apache-2.0
import Documents
import FoundationEssentials
import Plans
import Quantities
import Traffic

/// What a strategy's program is told: one line of JSON. The names of the properties are the document's keys.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct StrategyQuestion: Encodable {
    struct Subflow: Encodable {
        var sent_bytes: Int64
        var acknowledged_bytes: Int64
        var received_bytes: Int64
        var retransmitted_bytes: Int64
        /// Given to the subflow and not sent yet.
        var unsent_bytes: Int64
        /// Sent and not acknowledged.
        var unacknowledged_bytes: Int64
        /// nil as long as there is no estimate.
        var round_trip_s: Double?

        init(_ subflow: Traffic.Subflow) {
            sent_bytes = subflow.sent.bytes
            acknowledged_bytes = subflow.acknowledged.bytes
            received_bytes = subflow.received.bytes
            retransmitted_bytes = subflow.retransmitted.bytes
            unsent_bytes = subflow.unsent.bytes
            unacknowledged_bytes = subflow.unacknowledged.bytes
            round_trip_s =
                subflow.roundTripMicroseconds == 0 ? nil : Double(subflow.roundTripMicroseconds) / 1_000_000
        }
    }

    struct Path: Encodable {
        var name: String
        var kind: String
        var joined: Bool
        /// How the path is used now.
        var use: String
        /// nil while the path is not joined.
        var address: String?
        /// nil where the trace has no signal.
        var signal_dbm: Double?
        /// IP bytes that the path has carried, in both directions.
        var carried_bytes: Int64
        /// How long what waits in each of the path's queues will take to leave.
        var down_queue_s: Double
        var up_queue_s: Double
        /// The subflows over the path, in the order in which they were made.
        var subflows: [Subflow]
    }

    /// Time since the first SYN.
    var time_s: Double
    /// `start`, `joined`, `left`, `renumbered`, or `tick` every 100 ms.
    var event: String
    /// The path of the event; nil for `start` and `tick`.
    var path: String?
    var paths: [Path]

    /// One line, with its newline.
    var line: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}
