// SPDX-License-Identifier: Apache-2.0
extension FluidLink {
    /// The state of a link that a sender and its receiver may know.
    struct Ledger {
        /// Bytes accepted from the present sender since the run began.
        var accepted = 0.0
        var arrived = 0.0
        var acknowledged = 0.0
        /// Whether the radio carries data and the mobile host accepts what arrives over it.
        var isUp = true
        var isJoined = true
        /// The round-trip time without queueing.
        var roundTrip = 0.0
        /// The same round-trip time in whole steps.
        var roundTripSteps = 1
        /// If the round-trip time is shorter than a step: the bytes that left the queue in the last step and would have
        /// been acknowledged before the end of this one.
        var early = 0.0

        var isUsable: Bool { isUp && isJoined }
        var unacknowledged: Double { accepted - acknowledged }
    }
}
