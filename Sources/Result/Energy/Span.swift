// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A stretch of a run on the run's clock, in nanoseconds. Accounts go through every step of every run, and there the
/// 128 bits of a `Duration` would cost more than all the other arithmetic.
struct Span: Equatable {
    var start: Int64
    var end: Int64

    static let second: Int64 = 1_000_000_000

    var length: Int64 { end - start }
    var seconds: Double { Self.seconds(length) }

    /// The same number as `Duration.seconds`.
    static func seconds(_ nanoseconds: Int64) -> Double {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: second)
        return Double(whole) + Double(rest * second) * 1e-18
    }
}

extension Power {
    static func * (power: Power, span: Span) -> EnergyAmount {
        EnergyAmount(joules: power.watts * span.seconds)
    }
}
