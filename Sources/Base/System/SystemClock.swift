// SPDX-License-Identifier: Apache-2.0
import CLinux

/// The kernel's clocks, in nanoseconds.
package enum SystemClock {
    /// CLOCK_MONOTONIC, the clock of replays and measurements.
    package static var monotonic: Int64 { walkback_monotonic() }

    /// CLOCK_REALTIME, the clock of timestamps in captures and logs.
    package static var wall: Int64 { walkback_wall() }
}
