// SPDX-License-Identifier: Apache-2.0
import Determinism

/// The lab's arithmetic is in whole nanoseconds, as the kernel's is; `Duration` stays the type in every signature.
extension Duration {
    /// Whole nanoseconds, rounded towards zero, and clamped to their range of 292 years.
    public var wholeNanoseconds: Int64 {
        // One processor division instead of the several that `components` takes, because this is in every inner loop.
        let all = attoseconds
        let high = UInt64(truncatingIfNeeded: all >> 64)
        if high < 500_000_000 {
            let low = UInt64(truncatingIfNeeded: all)
            return Int64(bitPattern: UInt64(1_000_000_000).dividingFullWidth((high, low)).quotient)
        }
        let (seconds, attoseconds) = components
        let (whole, tooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return tooFar || overflow ? (seconds < 0 ? .min : .max) : sum
    }

    /// Seconds as a floating-point number, for printing and rates.
    public var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// Milliseconds as a floating-point number, for printing.
    public var milliseconds: Double { seconds * 1e3 }

    /// The nearest whole nanosecond to `seconds`; nil if `seconds` is not finite or is beyond 100 years.
    public init?(exactlySeconds seconds: Double) {
        guard seconds.isFinite, abs(seconds) < 3.2e9 else { return nil }
        self = .nanoseconds(Int64((seconds * 1e9).rounded()))
    }
}
