// SPDX-License-Identifier: Apache-2.0
import Energy
import Quantities
import Radios
import Testing
import Traces

/// `hybrid`: OFF 0, ASSOCIATION 5.9 J, ACTIVE 0.864 W + 0.137 J/Mb, awake 1 s at 0.30 W, IDLE 0.30 W, resume 0.5 J.
@Suite struct `A WiFi radio` {
    private let radio = EnergyModel.hybrid.wifi

    @Test func `associates at each attachment and needs no resumption right after`() {
        let account = RadioRun(radio, lasting: .seconds(12))
            .carrying(megabit, in: 5..<6).changing((5, true), (8, false), (10, true)).account()
        #expect(account[.off].time == .seconds(7) && account[.off].energy == .zero)
        #expect(account[.association].count == 2)
        #expect(isNear(account[.association].energy.joules, 11.8))
        #expect(account[.promotion].count == 0)
        // ACTIVE [5, 6): 0.864 + 0.137; awake [6, 7) and [10, 11), IDLE [7, 8) and [11, 12): 4 s x 0.30 W
        #expect(isNear(account[.active].energy.joules, 1.001))
        #expect(account[.tail].time == .seconds(2) && account[.idle].time == .seconds(2))
        #expect(isNear(account.total.joules, 11.8 + 1.001 + 1.2))
    }

    @Test func `that was attached before the run pays for no association in it`() {
        let run = RadioRun(radio, lasting: .seconds(2)).changing((0.5, true), (3.5, false))
        // From trace time 1.5 s on: attached until 3.5 s, the run's end; 2 s x 0.30 W.
        let account = run.beginning(at: .milliseconds(1500)).account()
        #expect(account[.association].count == 0 && account[.off].count == 0)
        #expect(isNear(account.total.joules, 0.6))
        // From 0.3 s on: attached 0.2 s into the run.
        let earlier = run.beginning(at: .milliseconds(300)).account()
        #expect(earlier[.off].time == .milliseconds(200) && earlier[.association].count == 1)
        #expect(isNear(earlier.total.joules, 5.9 + 1.8 * 0.3))
    }

    @Test func `resumes after a silence of a second, not after a shorter one`() {
        let account = RadioRun(radio, lasting: .seconds(6))
            .carrying(megabit, in: 0..<1).carrying(megabit, in: 1.5..<2).carrying(megabit, in: 5..<6).account()
        // Resumed at 0 and at 5 s; ACTIVE 2.5 s and 2.5 Mb; awake [1, 1.5) and [2, 3), IDLE [3, 5) at 0.30 W
        #expect(account[.promotion].count == 2)
        #expect(account[.tail].time == .milliseconds(1500) && account[.idle].time == .seconds(2))
        #expect(isNear(account.total.joules, 1 + 2.5 * 1.001 + 3.5 * 0.3))
    }

    @Test func `is active only as long as it is attached`() {
        let account = RadioRun(radio, lasting: .seconds(1))
            .carrying(1500, in: 0.5..<0.51).changing((0.55, false)).account()
        // ACTIVE [0.5, 0.55): 0.05 s x 0.864 W + 0.012 Mb x 0.137 J/Mb; IDLE [0, 0.5): 0.15 J; resumption 0.5 J
        #expect(account[.active].time == .milliseconds(50) && account[.off].time == .milliseconds(450))
        #expect(isNear(account.total.joules, 0.0432 + 0.001644 + 0.15 + 0.5))
    }

    @Test func `that goes and comes within a step with data associates in it`() {
        let account = RadioRun(radio, lasting: .seconds(1))
            .carrying(megabit, in: 0..<1).changing((0.52, false), (0.57, true)).account()
        // off 0.05 s; ACTIVE 0.95 s x 0.864 W + 1 Mb x 0.137 J/Mb
        #expect(account[.off].time == .milliseconds(50) && account[.association].count == 1)
        #expect(isNear(account.total.joules, 0.5 + 5.9 + 0.8208 + 0.137))
    }

    @Test func `leaves aside bytes of a step in which it is not there`() {
        let run = RadioRun(radio, lasting: .seconds(1)).changing((0.2, false))
        #expect(run.carrying(1500, in: 0.7..<0.71).account() == run.account())
    }

    @Test(arguments: [(-50.0, 1.0), (-70, 1), (-80, 1.1), (-90, 1.2), (-97.5, 1.35), (-105, 1.5), (-120, 1.5)])
    func `takes more power over a weak signal where its model regards it`(signal: Double, factor: Double) {
        #expect(isNear(SignalFactor.standard.factor(at: signal), factor))
        let regarding = EnergyModel.hybrid.regardingSignal().wifi
        let run = RadioRun(regarding, lasting: .seconds(2)).carrying(megabit, in: 0..<2)
        // The first second's signal is not known. ACTIVE 1.001 J each second.
        let account = run.account(signal: [(.zero, nil), (.seconds(1), signal)])
        #expect(isNear(account[.active].energy.joules, 1.001 + 1.001 * factor))
        // By default the model does not regard the signal, and a run without a signal has no factor.
        var plain = run
        plain.radio = radio
        #expect(isNear(plain.account(signal: [(.zero, signal)])[.active].energy.joules, 2.002))
        #expect(isNear(run.account()[.active].energy.joules, 2.002))
    }

    @Test func `has its signal on the trace's clock`() {
        let run = RadioRun(EnergyModel.hybrid.regardingSignal().wifi, lasting: .seconds(1))
            .carrying(megabit, in: 0..<1).beginning(at: .milliseconds(400))
        // The signal falls at trace time 1 s, 0.6 s into the run.
        let account = run.account(signal: [(.zero, -60), (.seconds(1), -105)])
        #expect(isNear(account[.active].energy.joules, 1.001 * (0.6 + 0.4 * 1.5)))
    }
}
