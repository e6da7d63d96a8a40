// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Radios
import Strategies
import Testing
import Traces

/// Under `hybrid`, at equal rates below 3.6 Mb/s, a joule carries more over WiFi.
@Suite struct `Foresight of what a joule carries` {
    /// Rates in Mb/s, one for each second from zero on.
    private func selections(
        _ rates: [[Double]], kinds: [PathKind] = [.wifi, .cellular], away: [Int: Range<Double>] = [:],
        from start: Duration = .zero, model: EnergyModel = .hybrid, dwell: Duration = .zero
    ) -> [String] {
        let end = Duration.seconds(rates[0].count)
        func time(_ seconds: Double) -> Duration { .milliseconds(Int64((seconds * 1000).rounded())) }
        let attachments = rates.indices.map { path in
            [RunPlan.Attachment(time: .zero, attached: true)]
                + (away[path].map {
                    [
                        .init(time: time($0.lowerBound), attached: false),
                        .init(time: time($0.upperBound), attached: true),
                    ]
                } ?? [])
        }
        let selections = EnergyForesight.selections(
            capacity: rates.map { path in
                Curve(
                    rates: path.enumerated().map { (.seconds($0.offset), .megabitsPerSecond($0.element)) }, end: end)
            }, kinds: kinds, attachments: attachments, span: start..<end, model: model, dwell: dwell)
        return selections.map { "\($0.time.seconds.text()) \($0.paths)" }
    }

    @Test func `uses the better path of every second, and says only what changes`() {
        #expect(selections([[4, 0.1, 0.1, 4], [1, 1, 1, 1]]) == ["0 [0]", "1 [1]", "3 [0]"])
    }

    @Test func `asks for bits per joule, not for bits`() {
        // 4.9 Mb/s / 1.5158 W = 3.23 Mb/J over cellular; 4.6 / 1.4942 = 3.08 over WiFi. With the LTE model: 3.18 and
        // 6.02.
        let rates = [[4.6], [4.9]]
        #expect(selections(rates) == ["0 [1]"])
        #expect(selections(rates, model: .huang2012) == ["0 [0]"])
    }

    @Test func `keeps its choice where another is no better, and begins with the first`() {
        #expect(selections([[2, 1, 2], [2, 2, 2]], kinds: [.wifi, .wifi]) == ["0 [0]", "1 [1]"])
    }

    @Test func `keeps its choice where nothing carries anything`() {
        #expect(selections([[0, 0, 1], [1, 0, 0]]) == ["0 [1]", "2 [0]"])
        #expect(selections([[0, 0], [0, 0]]) == ["0 [0]"])
        #expect(selections([[0, 0, 0], [1, 1, 1]], away: [1: 1..<2]) == ["0 [1]"])
    }

    @Test func `begins with a path that is there`() {
        #expect(selections([[0, 0], [0, 0]], away: [0: 0..<2]) == ["0 [1]"])
    }

    @Test func `chooses nothing while nothing is there`() {
        #expect(selections([[4, 4], [1, 1]], away: [0: 0..<2, 1: 0..<1]) == ["1 [1]"])
    }

    @Test func `leaves a path at the instant of its detachment and returns at that of its attachment`() {
        #expect(
            selections([[4, 4, 4, 4], [1, 1, 1, 1]], away: [0: 1.25..<2.5]) == ["0 [0]", "1.25 [1]", "2.5 [0]"])
    }

    @Test func `counts seconds from the run's beginning`() {
        // WiFi carries 4 Mb/s for 0.6 s of [0.4, 1.4) and nothing in [1.4, 2.4).
        #expect(selections([[4, 0, 0], [0.5, 0.5, 0.5]], from: .milliseconds(400)) == ["0.4 [0]", "1.4 [1]"])
    }

    @Test func `keeps a choice for its dwell time`() {
        let wifi = [4, 0.1, 0.1, 0.1, 0.1, 0.1, 4, 4, 4]
        let cellular = [Double](repeating: 1, count: 9)
        #expect(selections([wifi, cellular]) == ["0 [0]", "1 [1]", "6 [0]"])
        #expect(selections([wifi, cellular], dwell: .seconds(3)) == ["0 [0]", "3 [1]", "6 [0]"])
    }

    @Test func `looks as far ahead as a choice binds it`() {
        // WiFi's five seconds carry 4.4 Mb: 0.88 Mb/s / 0.98456 W = 0.89 Mb/J. Cellular: 1 / 1.04 = 0.96.
        #expect(
            selections([[4, 0.1, 0.1, 0.1, 0.1], [1, 1, 1, 1, 1]], dwell: .seconds(5)) == ["0 [1]"])
        // While WiFi is there it is better, and after it has gone no choice binds.
        #expect(
            selections([[4, 0, 0, 0, 0], [1, 1, 1, 1, 1]], away: [0: 1..<5], dwell: .seconds(5)) == ["0 [0]", "1 [1]"])
    }

    @Test func `keeps no choice that has detached, however short its dwell`() {
        let wifi = [Double](repeating: 4, count: 9)
        let cellular = [Double](repeating: 1, count: 9)
        // Cellular then has its own dwell time, from 1.5 s.
        #expect(
            selections([wifi, cellular], away: [0: 1.5..<2.5], dwell: .seconds(4)) == ["0 [0]", "1.5 [1]", "5.5 [0]"])
    }

    @Test func `chooses nothing in no time`() {
        #expect(selections([[1], [1]], from: .seconds(1)).isEmpty)
    }
}
