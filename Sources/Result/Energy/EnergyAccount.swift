// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Radios
import Traces

/// What one radio took in one run: the state machine of its model, driven by the bytes that were measured on its path
/// and by when the path was attached.
///
/// How it is booked:
/// - The run begins with the radio idle, or off where the path is detached; an association before the run is not the
///   run's.
/// - A step of `RadioModel.activityStep` with an IP byte in either direction is active from its beginning to its end,
///   as far as the path is attached in it, at the power of its mean rates.
/// - Waking from idle adds the promotion's energy once, at the instant at which such a step begins. Its seconds are not
///   taken from the run: the lab does not hold data up for them, and the radio is active from the first byte on.
/// - What a tail takes after the run's end is not the run's.
/// - Bytes are those that arrived at the links' far ends: what was lost in the air is not counted as carried.
package struct EnergyAccount: Sendable, Equatable {
    /// What one state took over the run.
    package struct Entry: Sendable, Equatable {
        /// Zero of `association` and `promotion`, which are instants.
        package var time: Duration { .nanoseconds(nanoseconds) }
        package fileprivate(set) var energy = EnergyAmount.zero
        /// How often the state was entered.
        package fileprivate(set) var count = 0
        fileprivate var nanoseconds: Int64 = 0
    }

    private var entries = [Entry](repeating: Entry(), count: RadioState.allCases.count)

    /// - Parameters:
    ///   - path: whose attachments are on the trace's clock.
    ///   - series: has the path's bytes from the first SYN on.
    ///   - offset: trace time of the first SYN.
    ///   - duration: from there to the run's end.
    ///   - trace: of the path, for its signal; without it, or with a model that does not regard it, the signal costs
    ///     nothing.
    package init(
        _ radio: RadioModel, path: RunPlan.Path, series: Series, offset: Duration, duration: Duration,
        trace: PathTrace? = nil
    ) {
        self.init(
            radio, Activity(of: path, in: series, step: radio.activityStep, offset: offset, duration: duration),
            trace: trace)
    }

    /// - Parameter activity: in steps of the radio's.
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

    /// A state that is an instant.
    mutating func book(_ state: RadioState, _ energy: EnergyAmount) {
        enter(state)
        entries[state.place].energy += energy
    }

    mutating func book(_ state: RadioState, at power: Power, during span: Span) {
        entries[state.place].nanoseconds += span.length
        entries[state.place].energy += power * span
    }
}
