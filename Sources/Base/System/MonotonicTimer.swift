// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Quantities
import SystemPackage

/// A timer on the kernel's monotonic clock, for an `EventLoop`.
package final class MonotonicTimer {
    package let descriptor: Int32

    /// The first whole second that is at least one second away.
    ///
    /// The time taken up to here depends on the machine: in time-travel mode it depends on how often the clock was
    /// read, and a program's loader looks at other files if the processor has other features. What follows is counted
    /// from ticks of the kernel, so it must begin at the same offset between two ticks.
    package static var nextBeginning: Int64 {
        let second: Int64 = 1_000_000_000
        return (SystemClock.monotonic + 2 * second - 1) / second * second
    }

    /// Expires at `first` and then every `interval`; never by itself if `first` is nil.
    package init(first: Int64?, interval: Duration = .zero) throws {
        descriptor = walkback_timer(first ?? 0, interval.wholeNanoseconds)
        if descriptor < 0 { throw Fault(.failed, "cannot create a timer: \(Errno(rawValue: -descriptor))") }
    }

    deinit {
        _ = close(descriptor)
    }

    package func set(_ instant: Int64?) {
        _ = walkback_timer_set(descriptor, instant ?? 0, 0)
    }

    /// How many times the timer expired since the last call.
    package var expirations: Int {
        var count: UInt64 = 0
        return read(descriptor, &count, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size ? Int(count) : 0
    }
}
