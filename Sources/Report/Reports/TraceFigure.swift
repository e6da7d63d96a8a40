// SPDX-License-Identifier: Apache-2.0
import Documents
import Quantities
import Traces

/// What links offered over a walk, without any run: for pages about traces.
package enum TraceFigure {
    private static let step = Duration.seconds(1)

    /// The downlink rate that each path could carry, in Mb/s, as a mean over 1 s.
    package static func capacity(of traces: [PathTrace]) -> Markup {
        html(of: traces, title: "Capacity of each link", unit: "Mb/s") { _, rate in rate }
    }

    /// A value derived from each path's downlink rate, in every second.
    ///
    /// - Parameter value: the value for a path and its rate in Mb/s; NaN where there is none.
    package static func html(
        of traces: [PathTrace], title: String, unit: String, _ value: (PathTrace, Double) -> Double
    ) -> Markup {
        let duration = traces.map(\.duration).min() ?? .zero
        let curves = traces.enumerated().map { index, trace in
            let curve = trace.curve(.down)
            let rates = (0..<Int(duration / step)).map { second in
                value(trace, curve.carried(from: step * second, to: step * (second + 1)) * 8 / 1e6)
            }
            return TimeFigure.Curve(name: trace.name, look: "curve c-\(FigureStyle.path(index))", values: rates)
        }
        let figure = TimeFigure(
            title: title, unit: unit, curves: curves, step: step, start: .zero, duration: duration,
            away: [])
        return figure.html
    }
}
