// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Testing
import Traces

@Suite struct `A mobility schedule` {
    private func schedule(
        _ changes: [(Duration, Bool)], detection: Duration = .zero, acquisition: Duration = .zero,
        offset: Duration = .zero
    ) -> MobilitySchedule {
        var mobility = Mobility()
        mobility.detection = detection
        mobility.acquisition = acquisition
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "", upTable: "",
            attachments: changes.map { .init(time: $0.0, attached: $0.1) })
        return MobilitySchedule(
            RunPlan(
                id: "mptcp.1", strategy: .mptcp, connections: [.mptcp(begins: .listed)], seed: 1, paths: [path],
                offset: offset, duration: .seconds(60),
                workload: Workload(), transport: Transport(), mobility: mobility))
    }

    private func text(_ schedule: MobilitySchedule) -> [String] {
        schedule.entries.map { "\($0.action) \($0.time.milliseconds)" }
    }

    @Test func `delays what the host does, not what the radio does`() {
        let schedule = schedule(
            [(.zero, true), (.seconds(5), false), (.seconds(9), true)], detection: .milliseconds(200),
            acquisition: .milliseconds(500))
        #expect(text(schedule) == ["radioDown 5000.0", "leave 5200.0", "radioUp 9000.0", "join 9500.0"])
        #expect(schedule.initiallyAttached == [true])
    }

    @Test func `lets an outage shorter than its detection pass unnoticed`() {
        let schedule = schedule(
            [(.zero, true), (.seconds(5), false), (.milliseconds(5100), true)], detection: .milliseconds(200))
        #expect(text(schedule) == ["radioDown 5000.0", "radioUp 5100.0"])
    }

    @Test func `does not join a path that is gone again before its address is there`() {
        let schedule = schedule(
            [(.zero, false), (.seconds(5), true), (.milliseconds(5100), false), (.seconds(8), true)],
            acquisition: .milliseconds(500))
        #expect(text(schedule) == ["radioUp 5000.0", "radioDown 5100.0", "radioUp 8000.0", "join 8500.0"])
        #expect(schedule.initiallyAttached == [false])
    }

    @Test func `warns before a radio goes, though not before the path was there`() {
        var mobility = Mobility()
        mobility.warning = .seconds(1)
        mobility.detection = .milliseconds(200)
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "", upTable: "",
            attachments: [
                .init(time: .zero, attached: true), .init(time: .seconds(5), attached: false),
                .init(time: .seconds(7), attached: true), .init(time: .milliseconds(7400), attached: false),
                // This outage is so brief that the host neither notices nor foresees it.
                .init(time: .seconds(9), attached: true), .init(time: .seconds(12), attached: false),
                .init(time: .milliseconds(12_100), attached: true),
            ])
        let schedule = MobilitySchedule(paths: [path], mobility: mobility, offset: .milliseconds(400))
        #expect(
            text(schedule) == [
                "fade 4000.0", "radioDown 5000.0", "leave 5200.0", "radioUp 7000.0", "join 7000.0", "fade 7000.0",
                "radioDown 7400.0", "leave 7600.0", "radioUp 9000.0", "join 9000.0", "radioDown 12000.0",
                "radioUp 12100.0",
            ])
    }

    @Test func `has changes of address after the run's beginning, as the trace has them`() {
        var path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "", upTable: "",
            attachments: [.init(time: .zero, attached: true), .init(time: .seconds(5), attached: false)])
        path.addressChanges = [.milliseconds(300), .seconds(3), .seconds(5)]
        let schedule = MobilitySchedule(paths: [path], mobility: Mobility(), offset: .milliseconds(400))
        #expect(text(schedule) == ["renumber 3000.0", "radioDown 5000.0", "leave 5000.0", "renumber 5000.0"])
    }

    @Test func `begins in the state that holds at the run's offset`() {
        let changes: [(Duration, Bool)] = [(.zero, true), (.milliseconds(300), false), (.seconds(4), true)]
        let schedule = schedule(changes, offset: .milliseconds(400))
        #expect(schedule.initiallyAttached == [false])
        #expect(text(schedule) == ["radioUp 4000.0", "join 4000.0"])
    }
}
