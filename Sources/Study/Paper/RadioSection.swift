// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Radios
import Reports
import Traces

/// Figure 5: bits per Joule of each radio over time.
enum RadioSection {
    @MarkupBuilder static func html(of traces: [PathTrace]) -> Markup {
        Element(.h2, "Figure 5: bits per Joule of each radio")
        Element(.figure) {
            TraceFigure.html(of: traces, title: "Megabits per joule of each radio", unit: "Mb/J", efficiency)
            Element(
                .figcaption,
                """
                What each radio would carry for a joule if its link were full, under the hybrid model, mean over 1 s; \
                no run is behind it.
                """)
        }
        PaperPage.table(of: [finding(of: traces)])
    }

    /// Megabits per joule at a rate in Mb/s; NaN where the radio is off or unknown.
    private static func efficiency(_ trace: PathTrace, _ rate: Double) -> Double {
        let model = EnergyModel.hybrid
        guard let radio = model.radio(of: trace.kind), rate > 0 else { return .nan }
        return rate / radio.active.power(down: .megabitsPerSecond(rate), up: .zero).watts
    }

    private static func finding(of traces: [PathTrace]) -> Finding {
        let curves = traces.map { trace in (trace, trace.curve(.down)) }
        let seconds = Int((traces.map(\.duration).min() ?? .zero) / .seconds(1))
        var ahead = 0
        for second in 0..<seconds {
            let values = curves.map { trace, curve in
                efficiency(trace, curve.carried(from: .seconds(second), to: .seconds(second + 1)) * 8 / 1e6)
            }
            guard let cellular = zip(traces, values).first(where: { $0.0.kind == .cellular })?.1,
                let wifi = zip(traces, values).first(where: { $0.0.kind == .wifi })?.1
            else { continue }
            if !(wifi >= cellular) { ahead += 1 }
        }
        let share = seconds > 0 ? Double(ahead) / Double(seconds) : 0
        return Finding(
            "3G is usually ahead, WiFi far ahead when its signal is good",
            here: "3G is ahead in \((share * 100).text(decimals: 0)) % of the seconds of this walk",
            verdict: share > 0.5 ? .agrees : .disagrees)
    }
}
