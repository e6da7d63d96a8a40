// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Radios
import Traces

/// The energy that one radio took in one run. The state machine of its model is driven by the bytes measured on its
/// path and by when the path was attached.
///
/// How it is booked:
/// - The run begins with the radio idle, or off if the path is detached. An association before the run is not counted.
/// - A step of `RadioModel.activityStep` with an IP byte in either direction is active from its beginning to its end,
///   as far as the path is attached in it, at the power of its mean rates.
/// - Waking from idle adds the promotion's energy once, at the instant at which such a step begins. Its duration is not
///   taken from the run: the lab does not hold data up for a promotion, and the radio is active from the first byte on.
/// - Whatever a tail takes after the end of the run is not counted.
/// - Bytes are counted when they arrive at the far ends of the links: bytes lost in the air do not count as carried.
package struct EnergyAccount: Sendable, Equatable {
    /// The time and energy that one state took over the run.
    package struct Entry: Sendable, Equatable {
        /// Zero for `association` and `promotion`, which are instants.
        package var time: Duration { .nanoseconds(nanoseconds) }
        package fileprivate(set) var energy = EnergyAmount.zero
        /// How often the state was entered.
        package fileprivate(set) var count = 0
        fileprivate var nanoseconds: Int64 = 0
    }

    private var entries = [Entry](repeating: Entry(), count: RadioState.allCases.count)

    /// - Parameters:
    ///   - path: the path of this radio; its attachments are on the trace's clock.
    ///   - series: the path's bytes from the first SYN on.
    ///   - offset: trace time of the first SYN.
    ///   - duration: time from the first SYN to the end of the run.
    ///   - trace: the path's trace, which has its signal. If there is none, or if the model does not regard the signal,
    ///     the signal costs nothing.
    package init(
        _ radio: RadioModel, path: RunPlan.Path, series: Series, offset: Duration, duration: Duration,
        trace: PathTrace? = nil
    ) {
        self.init(
            radio, Activity(of: path, in: series, step: radio.activityStep, offset: offset, duration: duration),
            trace: trace)
    }

    /// - Parameter activity: the path's activity, in steps of the radio's length.
    init(_ radio: RadioModel, _ activity: Activity, trace: PathTrace? = nil) {
        var signal = Signal(radio.signalFactor == nil ? [] : trace?.samples ?? [], offset: activity.offset)
        var machine = RadioMachine(radio, attached: activity.initially)
        enter(machine.state)
        for piece in activity.pieces {
            if piece.attached != (machine.state != .off) {
                machine.attach(piece.attached, at: piece.span.start, in: &self)
            }
            if piece.attached, piece.hasData {
                let power = radio.active.power(downMegabits: piece.down, upMegabits: piece.up)
                let factor = radio.signalFactor?.factor(at: signal.at(piece.span.start)) ?? 1
                machine.carry(at: power * factor, in: piece.span, in: &self)
            } else {
                machine.rest(in: piece.span, in: &self)
            }
        }
    }

    package subscript(state: RadioState) -> Entry {
        entries[state.place]
    }

    package var total: EnergyAmount { entries.reduce(.zero) { $0 + $1.energy } }

    // MARK: - Booking

    mutating func enter(_ state: RadioState) {
        entries[state.place].count += 1
    }

    /// Books a state that is an instant.
    mutating func book(_ state: RadioState, _ energy: EnergyAmount) {
        enter(state)
        entries[state.place].energy += energy
    }

    mutating func book(_ state: RadioState, at power: Power, during span: Span) {
        entries[state.place].nanoseconds += span.length
        entries[state.place].energy += power * span
    }
}
