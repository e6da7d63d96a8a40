// SPDX-License-Identifier: Apache-2.0
import Pcap
import Quantities
import System

/// Reads the wall clock and detects whether it was set since the last check.
struct WallClock {
    /// Smaller changes come from disciplining a clock.
    static let step = Duration.milliseconds(50)

    private var offset: Int64

    init() {
        offset = Self.now.nanoseconds - Self.monotonic
    }

    static var now: Timestamp { Timestamp(nanoseconds: SystemClock.wall) }
    static var monotonic: Int64 { SystemClock.monotonic }

    /// By how much the clock was set forward since the last call; nil if it was not set.
    mutating func stepped(now: Timestamp = Self.now, monotonic: Int64 = Self.monotonic) -> Duration? {
        let difference = now.nanoseconds - monotonic - offset
        offset += difference
        let step = Duration.nanoseconds(difference)
        return step < Self.step && step > .zero - Self.step ? nil : step
    }
}
