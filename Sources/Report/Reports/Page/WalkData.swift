// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces

/// The data from which the page's plots are drawn in the browser: one seed of one direction, in the steps of Figure 1.
enum WalkData {
    static func json(of result: ComparisonResult) -> JSON {
        let figure = FigureSeries(result)
        let runs = result.runs.filter { $0.seed == figure.seed }
        var series: [JSON] = []
        if !figure.splicedRates.isEmpty {
            series.append(
                run(
                    "optimal", title: "Optimal TCP", look: "c-optimal", kbps: figure.splicedRates, isOn: true, wire: [],
                    delays: []))
        }
        for one in runs {
            let wire = result.replay.traces.map { trace in
                JSON.object([
                    "path": .string(trace.name),
                    "kbps": column(
                        FigureSeries.rates(
                            one.series.link(trace.name, one.direction)?.arrived ?? [], step: figure.step)),
                ])
            }
            series.append(
                run(
                    one.strategy.description, title: one.strategy == .mptcp ? "MPTCP" : one.strategy.description,
                    look: FigureStyle.strategy(one.strategy, of: result),
                    kbps: FigureSeries.rates(one.series.delivered, step: figure.step),
                    // If there is neither MPTCP nor Optimal TCP, every series is on.
                    isOn: one.strategy == .mptcp || figure.mptcp.isEmpty && figure.optimal.isEmpty, wire: wire,
                    delays: one.series.delays.map { delays($0.means(over: figure.step)) }))
        }
        return .object([
            "step": .number(figure.step.seconds), "offset": .number(figure.offset.seconds),
            "duration": .number(figure.duration.seconds), "minutes": .bool(figure.duration > .seconds(150)),
            "smooth": .integer(Int64(FigureSeries.smoothedSteps)),
            "hint": .string(
                "Move over a plot, or give it the focus and use the arrow keys, to read values; drag with the "
                    + "mouse or press + "
                    + "to zoom."),
            "runs": .array(series), "marks": .array(marks(runs, of: figure)),
            "choices": .array(
                figure.choices.map {
                    .line([
                        .number($0.span.lowerBound.seconds), .number($0.span.upperBound.seconds),
                        .integer(Int64($0.path)),
                    ])
                }),
            "paths": .array(
                figure.paths.enumerated().map { index, path in
                    .object([
                        "name": .string(path.name), "look": .string(FigureStyle.path(index)), "on": .bool(true),
                        "kbps": column(path.capacity),
                        "away": .array(
                            path.detached.map {
                                .line([.number($0.lowerBound.seconds), .number($0.upperBound.seconds)])
                            }),
                    ])
                }),
        ])
    }

    private static func run(
        _ name: String, title: String, look: String, kbps: [Double], isOn: Bool, wire: [JSON],
        delays: [JSON]
    ) -> JSON {
        .object([
            "name": .string(name), "title": .string(title), "look": .string(look), "kbps": column(kbps),
            "on": .bool(isOn), "wire": .array(wire), "delays": .array(delays),
        ])
    }

    /// Tenths of a millisecond; null where there is no value.
    private static func delays(_ delays: Series.Delays) -> JSON {
        func tenths(_ microseconds: UInt32) -> JSON { .integer((Int64(microseconds) + 50) / 100) }
        return .object([
            "path": .string(delays.path), "queue": .line(delays.queue.map(tenths)),
            "rtt": .line(delays.roundTrip.map { $0 > 0 ? tenths($0) : .null }),
        ])
    }

    /// Mb/s, written as whole kb/s.
    private static func column(_ rates: [Double]) -> JSON {
        .line(rates.map { .integer(Int64(($0 * 1000).rounded())) })
    }

    /// Hand-offs of MPTCP's run, or of the first run that has any.
    private static func marks(_ runs: [ComparisonResult.Run], of figure: FigureSeries) -> [JSON] {
        let run = runs.first { $0.strategy == .mptcp && !$0.handoffs.isEmpty } ?? runs.first { !$0.handoffs.isEmpty }
        return (run?.handoffs ?? []).map { handoff in
            .object([
                "time": .number((figure.offset + handoff.time).seconds),
                "text": .string(
                    "\(handoff.path) \(handoff.kind.rawValue), gap of \(handoff.longestGap.seconds.text(decimals: 2)) s"
                ),
            ])
        }
    }
}
