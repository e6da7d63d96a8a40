// SPDX-License-Identifier: Apache-2.0
import CLinux

/// The kernel's clocks, in nanoseconds.
package enum SystemClock {
    /// CLOCK_MONOTONIC: what replays and measurements go by.
    package static var monotonic: Int64 { walkback_monotonic() }

    /// CLOCK_REALTIME: what captures and logs are stamped with.
    package static var wall: Int64 { walkback_wall() }
}
