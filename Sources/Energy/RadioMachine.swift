import Units

/// Where a radio stands in its model, moved along a run from event to event.
struct RadioMachine {
    private let radio: RadioModel
    private(set) var state: RadioState
    /// While in `tail`.
    private var tailEnd = Duration.zero

    /// At a run's beginning.
    init(_ radio: RadioModel, attached: Bool) {
        self.radio = radio
        state = attached ? .idle : .off
    }

    mutating func attach(_ attached: Bool, at time: Duration, in account: inout EnergyAccount) {
        guard attached else { return enter(.off, in: &account) }
        guard radio.association > .zero else { return enter(.idle, in: &account) }
        account.book(.association, radio.association, at: time)
        enterTail(at: time, in: &account)
    }

    /// Data, throughout `span`.
    mutating func carry(at power: Power, in span: Range<Duration>, in account: inout EnergyAccount) {
        if state == .tail, span.lowerBound >= tailEnd { enter(.idle, in: &account) }
        if state == .idle { account.book(.promotion, radio.promotion.energy, at: span.lowerBound) }
        if state != .active { enter(.active, in: &account) }
        account.book(.active, at: power, during: span)
    }

    /// No data throughout `span`.
    mutating func rest(in span: Range<Duration>, in account: inout EnergyAccount) {
        var start = span.lowerBound
        if state == .active { enterTail(at: start, in: &account) }
        if state == .tail {
            let end = max(start, min(span.upperBound, tailEnd))
            account.book(.tail, at: radio.tail.power, during: start..<end)
            start = end
            if start < span.upperBound { enter(.idle, in: &account) }
        }
        if start < span.upperBound {
            account.book(state, at: state == .off ? radio.off : radio.idle, during: start..<span.upperBound)
        }
    }

    private mutating func enterTail(at time: Duration, in account: inout EnergyAccount) {
        enter(.tail, in: &account)
        tailEnd = time + radio.tail.duration
    }

    private mutating func enter(_ state: RadioState, in account: inout EnergyAccount) {
        self.state = state
        account.enter(state)
    }
}
