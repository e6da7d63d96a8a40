// SPDX-License-Identifier: Apache-2.0
extension FluidLink {
    /// What a sender and its receiver may know of a link.
    struct Ledger {
        /// Of the present sender, since the run began.
        var accepted = 0.0
        var arrived = 0.0
        var acknowledged = 0.0
        /// Whether the radio carries, and whether the mobile host takes what comes over it.
        var isUp = true
        var isJoined = true
        /// Without queueing.
        var roundTrip = 0.0
        /// The same in whole steps.
        var roundTripSteps = 1
        /// What has left the queue in the last step and would, in this one, have been acknowledged before the step is
        /// over: of a round trip that is shorter than a step.
        var early = 0.0

        var isUsable: Bool { isUp && isJoined }
        var unacknowledged: Double { accepted - acknowledged }
    }
}
