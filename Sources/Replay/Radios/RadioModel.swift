// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

/// The state machine of one radio and its parameters (PAPER section 5).
///
/// ```
///            attachment                first byte
///      off ─────────────▶ [association] ── or ──▶ idle ─▶ [promotion] ─▶ active ◀──┐ a byte: no promotion
///       ▲                       │                  ▲                       │        │
///       │ detachment            └────▶ tail        └──── tail.duration ─── tail ◀───┘ a step without a byte
///       └── from every state
/// ```
///
/// States in brackets take energy, but no time of the run: a promotion's seconds come before the first byte, and the
/// lab does not delay data for them.
package struct RadioModel: Sendable, Equatable {
    /// Waking from `idle`.
    package struct Promotion: Sendable, Equatable {
        /// The time for which a real radio carries nothing. It is reported, but not replayed.
        package var duration: Duration
        package var energy: EnergyAmount

        package init(duration: Duration, energy: EnergyAmount) {
            self.duration = duration
            self.energy = energy
        }

        package static let none = Promotion(duration: .zero, energy: .zero)
    }

    /// Carrying data: a power that does not depend on the rate, and the additional energy of each megabit (1 W per Mb/s
    /// is 1 J per Mb).
    package struct Active: Sendable, Equatable {
        package var base: Power
        package var perMegabitDown: EnergyAmount
        package var perMegabitUp: EnergyAmount

        package init(base: Power, perMegabitDown: EnergyAmount, perMegabitUp: EnergyAmount) {
            self.base = base
            self.perMegabitDown = perMegabitDown
            self.perMegabitUp = perMegabitUp
        }

        package func power(down: DataRate, up: DataRate) -> Power {
            power(downMegabits: down.megabitsPerSecond, upMegabits: up.megabitsPerSecond)
        }

        /// - Parameters: rates in Mb/s.
        package func power(downMegabits: Double, upMegabits: Double) -> Power {
            Power(watts: base.watts + perMegabitDown.joules * downMegabits + perMegabitUp.joules * upMegabits)
        }
    }

    /// Staying awake after data.
    package struct Tail: Sendable, Equatable {
        package var power: Power
        package var duration: Duration

        package init(power: Power, duration: Duration) {
            self.power = power
            self.duration = duration
        }

        package var energy: EnergyAmount { power * duration }
    }

    /// The power while detached.
    package var off: Power
    /// The energy of each attachment within the run. A radio that had to associate is awake afterwards, as in `tail`;
    /// one that did not (zero) is idle.
    package var association: EnergyAmount
    package var idle: Power
    package var promotion: Promotion
    package var active: Active
    package var tail: Tail
    /// The timer from `active` to `tail`. A radio is active throughout each step of this length, counted from the run's
    /// beginning, in which it carried an IP byte in either direction. Its tail begins at the end of such a step. The
    /// length is a whole number of a series' bins.
    ///
    /// The default is 100 ms. A shorter step would treat the gaps between a connection's bursts, of which there is one
    /// per round-trip time, as silence. A longer step would add to the end of every burst what the tail already
    /// accounts for.
    package var activityStep: Duration
    /// The factor on `active`; nil: the signal has no effect.
    package var signalFactor: SignalFactor?

    package init(
        off: Power, association: EnergyAmount = .zero, idle: Power, promotion: Promotion, active: Active, tail: Tail,
        activityStep: Duration = .milliseconds(100), signalFactor: SignalFactor? = nil
    ) {
        self.off = off
        self.association = association
        self.idle = idle
        self.promotion = promotion
        self.active = active
        self.tail = tail
        self.activityStep = activityStep
        self.signalFactor = signalFactor
    }

    /// Bits per joule while active at this rate in one direction and idle in the other; nil if that takes no power.
    package func efficiency(at rate: DataRate, _ direction: Direction) -> EnergyEfficiency? {
        let power =
            direction == .down ? active.power(down: rate, up: .zero) : active.power(down: .zero, up: rate)
        return EnergyEfficiency(of: rate, at: power)
    }

    /// How long the radio must be left asleep to save what falling asleep and waking cost: (promotion + tail) / active
    /// base.
    ///
    /// For the cellular radio of `hybrid`: (3.5 J + 0.62 W x 12.5 s) / 0.918 W = 11.25 J / 0.918 W = 12.25 s. nil if
    /// being active takes no power of its own.
    package var breakEvenOffTime: Duration? {
        (promotion.energy + tail.energy).duration(at: active.base)
    }
}
