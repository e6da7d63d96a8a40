// SPDX-License-Identifier: Apache-2.0
import ProbeFormat
import Quantities

/// The times at which all probes leave the links alone for a live transfer over them: the same instants on every
/// interface.
package struct LivePhases: Sendable, Equatable {
    /// How long probes fill the links before each phase.
    package let every: Duration
    /// How long each phase is.
    package let length: Duration
    /// When the first time of probing begins, on the monotonic clock.
    package let begin: Int64

    package init(every: Duration, length: Duration, begin: Int64) {
        self.every = every
        self.length = length
        self.begin = begin
    }

    /// One phase, in times of the monotonic clock.
    package struct Phase: Sendable, Equatable {
        /// From then on only echoes are sent, until the queues are empty.
        package let settles: Int64
        package let starts: Int64
        package let ends: Int64
    }

    private static let settling = Int64(ProbeMessage.settlingMilliseconds) * 1_000_000

    /// The current phase, or the next one.
    package func phase(at now: Int64) -> Phase {
        let cycle = every.wholeNanoseconds + Self.settling + length.wholeNanoseconds
        let number = max(0, now - begin) / cycle
        let settles = begin + number * cycle + every.wholeNanoseconds
        return Phase(settles: settles, starts: settles + Self.settling, ends: begin + (number + 1) * cycle)
    }
}
