// SPDX-License-Identifier: Apache-2.0
import ProbeFormat
import Quantities

/// When probes leave the links alone together, for a live transfer over them: at the same instants on every interface.
package struct LivePhases: Sendable, Equatable {
    /// How long probes fill the links before each.
    package let every: Duration
    /// How long each is.
    package let length: Duration
    /// On the monotonic clock: when the first time of probing begins.
    package let begin: Int64

    package init(every: Duration, length: Duration, begin: Int64) {
        self.every = every
        self.length = length
        self.begin = begin
    }

    /// One of them, on the monotonic clock.
    package struct Phase: Sendable, Equatable {
        /// Echoes alone, until queues have run empty.
        package let settles: Int64
        package let starts: Int64
        package let ends: Int64
    }

    private static let settling = Int64(ProbeMessage.settlingMilliseconds) * 1_000_000

    /// The one that is under way, or comes next.
    package func phase(at now: Int64) -> Phase {
        let cycle = every.wholeNanoseconds + Self.settling + length.wholeNanoseconds
        let number = max(0, now - begin) / cycle
        let settles = begin + number * cycle + every.wholeNanoseconds
        return Phase(settles: settles, starts: settles + Self.settling, ends: begin + (number + 1) * cycle)
    }
}
