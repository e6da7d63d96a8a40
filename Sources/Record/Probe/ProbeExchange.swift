// SPDX-License-Identifier: Apache-2.0
import ProbeFormat
import Synchronization

/// Connects the probes of one recording, one per interface: each also relays what the others have received. If a
/// collapsing link delays answers to the other direction for seconds, they arrive in time through another interface, as
/// Sprout's saturator sends them through a second phone.
final class ProbeExchange: Sendable {
    private struct Place {
        var receiver: LinkReceiver
        /// The feedback on this session's data that arrived through other sessions.
        var told: [ProbeMessage.Feedback] = []
    }

    private let places = Mutex<[UInt64: Place]>([:])

    /// The largest number kept for a session that does not collect them.
    private static let mostTold = 100

    /// - Returns: what the other sessions have received, and the feedback on this session that arrived through them
    ///   since the last call.
    func meet(
        _ session: UInt64, _ receiver: LinkReceiver
    ) -> (others: [UInt64: LinkReceiver], told: [ProbeMessage.Feedback]) {
        places.withLock { places in
            let told = places[session]?.told ?? []
            places[session] = nil
            let others = places.mapValues(\.receiver)
            places[session] = Place(receiver: receiver)
            return (others, told)
        }
    }

    func tell(_ session: UInt64, _ feedback: ProbeMessage.Feedback) {
        places.withLock { places in
            guard places[session].map({ $0.told.count < Self.mostTold }) ?? false else { return }
            places[session]?.told.append(feedback)
        }
    }

    func leave(_ session: UInt64) {
        places.withLock { $0[session] = nil }
    }
}
