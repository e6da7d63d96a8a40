// SPDX-License-Identifier: Apache-2.0
import ProbeFormat
import Synchronization

/// Where the probes of one recording meet, one of each interface: what one has received the others say too. Where a
/// link that collapses holds the answers to the other direction back for seconds, they come in time by another
/// interface, as Sprout's saturator has them come by a second phone.
final class ProbeExchange: Sendable {
    private struct Place {
        var receiver: LinkReceiver
        /// What others were told of this session's data.
        var told: [ProbeMessage.Feedback] = []
    }

    private let places = Mutex<[UInt64: Place]>([:])

    /// Of a session that takes nothing.
    private static let mostTold = 100

    /// - Returns: what the other sessions have received, and what they were told of this one since it last asked.
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
