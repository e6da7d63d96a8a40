// SPDX-License-Identifier: Apache-2.0
import Energy
import Quantities
import Radios
import Testing
import Traces

/// `hybrid`: IDLE 0.02 W, PROMOTION 3.5 J, ACTIVE 0.918 W + 0.122 J/Mb, TAIL 0.62 W for 12.5 s.
@Suite struct `A cellular radio` {
    private let radio = EnergyModel.hybrid.cellular

    @Test func `that carries nothing is idle`() {
        let account = RadioRun(radio, lasting: .seconds(10)).account()
        // 10 s x 0.02 W
        #expect(isNear(account.total.joules, 0.2))
        #expect(account[.idle].time == .seconds(10) && account[.idle].count == 1)
    }

    @Test func `is promoted, active, in its tail and idle again`() {
        let account = RadioRun(radio, lasting: .seconds(20)).carrying(megabit, in: 2..<3).account()
        // IDLE [0, 2) and [15.5, 20): 6.5 s x 0.02 W
        #expect(account[.idle].time == .milliseconds(6500) && account[.idle].count == 2)
        #expect(isNear(account[.idle].energy.joules, 0.13))
        #expect(account[.promotion].time == .zero && account[.promotion].count == 1)
        #expect(isNear(account[.promotion].energy.joules, 3.5))
        // ACTIVE [2, 3) at 1 Mb/s: 1 s x 0.918 W + 1 Mb x 0.122 J/Mb
        #expect(account[.active].time == .seconds(1) && account[.active].count == 1)
        #expect(isNear(account[.active].energy.joules, 1.04))
        // TAIL [3, 15.5): 12.5 s x 0.62 W
        #expect(account[.tail].time == .milliseconds(12_500))
        #expect(isNear(account[.tail].energy.joules, 7.75))
        #expect(account[.off].count == 0 && account[.association].count == 0)
        // 0.13 + 3.5 + 1.04 + 7.75
        #expect(isNear(account.total.joules, 12.42))
    }

    @Test func `is used again in its tail without a promotion`() {
        let account = RadioRun(radio, lasting: .seconds(30))
            .carrying(megabit, in: 0..<1).carrying(megabit, in: 8..<9).account()
        // 3.5 J; ACTIVE 2 x 1.04 J; TAIL [1, 8) and [9, 21.5): 19.5 s x 0.62 W; IDLE [21.5, 30): 8.5 s x 0.02 W
        #expect(account[.promotion].count == 1)
        #expect(account[.tail].time == .milliseconds(19_500) && account[.tail].count == 2)
        #expect(isNear(account.total.joules, 3.5 + 2.08 + 12.09 + 0.17))
    }

    @Test(arguments: [(13.4, 1), (13.5, 2), (13.6, 2)])
    func `needs a promotion from the end of its tail on`(second: Double, promotions: Int) {
        // The tail of [0, 1) ends at 13.5 s.
        let account = RadioRun(radio, lasting: .seconds(15))
            .carrying(megabit, in: 0..<1).carrying(megabit, in: second..<second + 0.1).account()
        #expect(account[.promotion].count == promotions)
        // IDLE between 13.5 s and the data
        #expect(isNear(account[.idle].time.seconds, max(0, second - 13.5)))
    }

    @Test func `takes no more of its tail than fits into the run`() {
        let account = RadioRun(radio, lasting: .seconds(4)).carrying(megabit, in: 0..<1).account()
        // 3.5 J + 1.04 J + TAIL [1, 4): 3 s x 0.62 W
        #expect(account[.tail].time == .seconds(3))
        #expect(isNear(account.total.joules, 6.4))
    }

    @Test func `is active throughout a step in which a single packet came`() {
        let account = RadioRun(radio, lasting: .seconds(1)).carrying(1500, in: 0.57..<0.58).account()
        // ACTIVE [0.5, 0.6): 0.1 s x 0.918 W + 0.012 Mb x 0.122 J/Mb; IDLE 0.5 s x 0.02 W; TAIL 0.4 s x 0.62 W
        #expect(account[.active].time == .milliseconds(100))
        #expect(isNear(account[.active].energy.joules, 0.0918 + 0.001464))
        #expect(isNear(account.total.joules, 3.5 + 0.093264 + 0.01 + 0.248))
    }

    @Test func `is active in a step that the run's end cuts for what there is of it`() {
        let account = RadioRun(radio, lasting: .milliseconds(1234)).carrying(1500, in: 1.23..<1.24).account()
        // ACTIVE [1.2, 1.234): 0.034 s x 0.918 W + 0.012 Mb x 0.122 J/Mb; IDLE 1.2 s x 0.02 W
        #expect(account[.active].time == .milliseconds(34))
        #expect(isNear(account.total.joules, 3.5 + 0.031212 + 0.001464 + 0.024))
    }

    @Test func `has a timer of its own from active to tail`() {
        var radio = radio
        radio.activityStep = .seconds(1)
        let account = RadioRun(radio, lasting: .seconds(3)).carrying(1500, in: 0.57..<0.58).account()
        // ACTIVE [0, 1): 0.918 J + 0.001464 J; TAIL [1, 3): 1.24 J
        #expect(account[.active].time == .seconds(1))
        #expect(isNear(account.total.joules, 3.5 + 0.919464 + 1.24))
    }

    @Test func `tells down from up where its model does`() {
        let account = RadioRun(EnergyModel.huang2012.cellular, lasting: .seconds(1))
            .carrying(2 * megabit, .down, in: 0..<1).carrying(megabit, .up, in: 0..<1).account()
        // 1 s x 1.288 W + 2 Mb x 0.05197 J/Mb + 1 Mb x 0.43839 J/Mb; promotion 0.26 s x 1.21 W
        #expect(isNear(account[.active].energy.joules, 1.288 + 0.10394 + 0.43839))
        #expect(isNear(account[.promotion].energy.joules, 0.3146))
    }

    @Test func `loses its tail with its network and is promoted when it is back`() {
        let account = RadioRun(radio, lasting: .seconds(8))
            .carrying(megabit, in: 0..<1).carrying(megabit, in: 6..<7).changing((3, false), (5, true)).account()
        // TAIL [1, 3) and [7, 8), off [3, 5) and IDLE [5, 6) at 0.02 W, two promotions, no association
        #expect(account[.tail].time == .seconds(3) && account[.off].time == .seconds(2))
        #expect(account[.association].count == 0 && account[.promotion].count == 2)
        #expect(isNear(account.total.joules, 7 + 2.08 + 1.86 + 0.04 + 0.02))
    }
}
