// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Strategies
import Testing
import Traces

@Suite struct `A route schedule` {
    private func curve(_ rates: [(Int, Double)], end: Int = 60) -> Curve {
        Curve(
            rates: rates.map { (time: .seconds($0.0), rate: .megabitsPerSecond($0.1)) }, end: .seconds(end))
    }

    private func text(_ changes: [RouteChange]) -> [String] {
        changes.map { "\($0.time.seconds.text()) \($0.end.rawValue) \($0.path.map(String.init) ?? "-")" }
    }

    private func path(_ kind: PathKind, _ changes: [(Double, Bool)]) -> RunPlan.Path {
        RunPlan.Path(
            name: kind.rawValue, kind: kind, downTable: "", upTable: "",
            attachments: changes.map { .init(time: .seconds($0.0), attached: $0.1) })
    }

    private func trace(_ kind: PathKind, signal: [(Int, Double?)] = [(0, nil)], delay: Int = 10) -> PathTrace {
        PathTrace(
            name: kind.rawValue, kind: kind, duration: .seconds(60), queueDown: .zero, queueUp: .zero, source: "",
            samples: signal.map { time, signal in
                let link = PathTrace.LinkSample(rate: .megabitsPerSecond(1), delay: .milliseconds(delay))
                return .init(time: .seconds(time), down: link, up: link, signal: signal)
            })
    }

    // MARK: Optimal

    @Test func `moves both ends to the path that carries most in each window`() {
        // Windows of 10 s from second 5 on: the first path is better in [5, 15) and from 25 on.
        let one = curve([(0, 8), (12, 0), (25, 8)])
        let changes = RouteSchedule.optimal(
            capacity: [one, curve([(0, 2)])], span: .seconds(5)..<(.seconds(55)), window: .seconds(10), cost: .zero)
        #expect(
            text(changes) == [
                "5 mobile 0", "5 home 0", "15 mobile 1", "15 home 1", "25 mobile 0", "25 home 0",
            ])
    }

    @Test func `stays where it is as long as no path is better`() {
        let changes = RouteSchedule.optimal(
            capacity: [curve([(0, 1), (10, 2)]), curve([(0, 2)])], span: .zero..<(.seconds(60)), window: .seconds(10),
            cost: .zero)
        #expect(text(changes) == ["0 mobile 1", "0 home 1"])
    }

    @Test func `is silent for its cost after a move, and not before the first`() {
        let changes = RouteSchedule.optimal(
            capacity: [curve([(0, 2), (10, 0)]), curve([(0, 1)])], span: .zero..<(.seconds(20)), window: .seconds(10),
            cost: .milliseconds(500))
        #expect(
            text(changes) == [
                "0 mobile 0", "0 home 0", "10 mobile -", "10 home -", "10.5 mobile 1", "10.5 home 1",
            ])
    }

    @Test func `counts the last window as far as it goes`() {
        // In [10, 12) the second path carries more, although over ten seconds the first one would.
        let one = curve([(0, 8), (10, 0), (12, 100)])
        let changes = RouteSchedule.optimal(
            capacity: [one, curve([(0, 2)])], span: .zero..<(.seconds(12)), window: .seconds(10), cost: .zero)
        #expect(text(changes).suffix(2) == ["10 mobile 1", "10 home 1"])
    }

    // MARK: WiFi First, ideal

    @Test func `prefers WiFi at the very instant of its association`() {
        let changes = RouteSchedule.ideal(
            paths: [path(.cellular, [(0, true)]), path(.wifi, [(0, false), (7.25, true), (9.5, false)])],
            span: .milliseconds(300)..<(.seconds(60)))
        #expect(
            text(changes) == [
                "0.3 mobile 0", "0.3 home 0", "7.25 mobile 1", "7.25 home 1", "9.5 mobile 0", "9.5 home 0",
            ])
    }

    @Test func `leads nowhere while no path is there`() {
        let changes = RouteSchedule.ideal(
            paths: [path(.wifi, [(0, true), (5, false), (8, true)])], span: .zero..<(.seconds(60)))
        #expect(
            text(changes) == [
                "0 mobile 0", "0 home 0", "5 mobile -", "5 home -", "8 mobile 0", "8 home 0",
            ])
    }

    // MARK: Mobile IP

    private func reactive(
        wifi: [(Double, Bool)], signal: [(Int, Double?)] = [(0, nil)], change: (inout Mobility) -> Void = { _ in }
    ) -> [String] {
        var mobility = Mobility()
        mobility.detection = .milliseconds(200)
        mobility.acquisition = .milliseconds(500)
        change(&mobility)
        return text(
            RouteSchedule.reactive(
                paths: [path(.wifi, wifi), path(.cellular, [(0, true)])],
                traces: [trace(.wifi, signal: signal, delay: 10), trace(.cellular, delay: 75)], mobility: mobility,
                span: .zero..<(.seconds(60))))
    }

    @Test func `lets the home agent follow a round trip of the new path later`() {
        #expect(
            reactive(wifi: [(0, true), (10, false), (20, true)]) == [
                "0 mobile 0", "0 home 0",
                // Detected after 200 ms, registered over cellular within 150 ms.
                "10.2 mobile 1", "10.35 home 1",
                // Acquired after 500 ms, registered over WiFi within 20 ms.
                "20.5 mobile 0", "20.52 home 0",
            ])
    }

    @Test func `forgets a registration that the next move overtakes`() {
        let changes = reactive(wifi: [(0, true), (10, false), (11, true)]) { $0.registration = .seconds(2) }
        #expect(changes == ["0 mobile 0", "0 home 0", "10.2 mobile 1", "11.5 mobile 0", "13.5 home 0"])
    }

    @Test func `leaves a weak WiFi and takes it again once it is clearly stronger`() {
        let changes = reactive(
            wifi: [(0, true)], signal: [(0, -60), (10, -81), (20, -79), (30, -75), (40, nil)])
        #expect(
            changes == [
                "0 mobile 0", "0 home 0", "10 mobile 1", "10.15 home 1", "30 mobile 0", "30.02 home 0",
            ])
    }

    @Test func `keeps a weak WiFi that is all there is`() {
        var mobility = Mobility()
        mobility.leaveSignal = -50
        let changes = RouteSchedule.reactive(
            paths: [path(.wifi, [(0, true)])], traces: [trace(.wifi, signal: [(0, -90)])], mobility: mobility,
            span: .zero..<(.seconds(60)))
        #expect(text(changes) == ["0 mobile 0", "0 home 0"])
    }
}
