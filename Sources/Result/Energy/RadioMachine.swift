// SPDX-License-Identifier: Apache-2.0
import Quantities
import Radios

/// The state of a radio in its model, moved along a run from event to event.
struct RadioMachine {
    private let radio: RadioModel
    private(set) var state: RadioState
    /// When the tail ends; valid only in state `tail`.
    private var tailEnd: Int64 = 0

    /// Starts the radio at the beginning of a run.
    init(_ radio: RadioModel, attached: Bool) {
        self.radio = radio
        state = attached ? .idle : .off
    }

    mutating func attach(_ attached: Bool, at time: Int64, in account: inout EnergyAccount) {
        guard attached else { return enter(.off, in: &account) }
        guard radio.association > .zero else { return enter(.idle, in: &account) }
        account.book(.association, radio.association)
        enterTail(at: time, in: &account)
    }

    /// Data flows throughout `span`.
    mutating func carry(at power: Power, in span: Span, in account: inout EnergyAccount) {
        if state == .tail, span.start >= tailEnd { enter(.idle, in: &account) }
        if state == .idle { account.book(.promotion, radio.promotion.energy) }
        if state != .active { enter(.active, in: &account) }
        account.book(.active, at: power, during: span)
    }

    /// No data flows throughout `span`.
    mutating func rest(in span: Span, in account: inout EnergyAccount) {
        var start = span.start
        if state == .active { enterTail(at: start, in: &account) }
        if state == .tail {
            let end = max(start, min(span.end, tailEnd))
            account.book(.tail, at: radio.tail.power, during: Span(start: start, end: end))
            start = end
            if start < span.end { enter(.idle, in: &account) }
        }
        if start < span.end {
            account.book(state, at: state == .off ? radio.off : radio.idle, during: Span(start: start, end: span.end))
        }
    }

    private mutating func enterTail(at time: Int64, in account: inout EnergyAccount) {
        enter(.tail, in: &account)
        tailEnd = time + radio.tail.duration.wholeNanoseconds
    }

    private mutating func enter(_ state: RadioState, in account: inout EnergyAccount) {
        self.state = state
        account.enter(state)
    }
}
