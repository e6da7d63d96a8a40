// SPDX-License-Identifier: Apache-2.0
import Results
import Plans
import Strategies
import Traces

/// The styles of our figures, by class. The colours are those of Okabe and Ito, which colour-blind readers can tell
/// apart, and lighter ones on a dark background.
enum FigureStyle {
    /// Further paths share the last colour.
    static let pathColours = 4

    static func path(_ index: Int) -> String { "p\(min(index, pathColours - 1))" }

    /// A path's colour by its name, or the colour for no path if the result has no path of that name.
    static func colour(ofPath name: String, of result: ComparisonResult) -> String {
        result.replay.traces.firstIndex { $0.name == name }.map { "c-\(path($0))" } ?? "c-other"
    }

    /// Colour and dash of a strategy's line. MPTCP, Optimal TCP and single paths have their own; the other strategies
    /// share the remaining ones, in their order in the result.
    static func strategy(_ strategy: StrategyName, of result: ComparisonResult) -> String {
        switch appearance(of: strategy, in: result) {
        case .mptcp: return "c-mptcp"
        case .optimal: return "c-optimal"
        case .path(let name, let isDashed): return colour(ofPath: name, of: result) + (isDashed ? " d1" : "")
        case .next: break
        }
        var others: [StrategyName] = []
        for run in result.runs where appearance(of: run.strategy, in: result) == .next {
            if !others.contains(run.strategy) { others.append(run.strategy) }
        }
        let looks = [
            "c-other", "c-mptcp d1", "c-p2", "c-p3", "c-optimal d1", "c-other d1", "c-p2 d2", "c-p3 d2", "c-mptcp d2",
            "c-optimal d2", "c-other d3",
        ]
        // A strategy that was not run comes after those that were.
        return looks[(others.firstIndex(of: strategy) ?? others.count) % looks.count]
    }

    /// A strategy that this program does not know gets the next free colour.
    static func appearance(of strategy: StrategyName, in result: ComparisonResult) -> StrategyAppearance {
        StrategyRegistry.find(strategy.description, over: result.replay.traces.map(\.name))?.appearance ?? .next
    }

    /// Custom properties for the light theme and for the dark one.
    static let light = """
        --ink:#1b1f24;--muted:#57606a;--grid:#d9dee4;--paper:#ffffff;--away:#8c959f;--bad:#b42318;
        --mptcp:#0072b2;--optimal:#d55e00;--p0:#009e73;--p1:#a6478c;--p2:#8a6d00;--p3:#3d7ea6
        """
    static let dark = """
        --ink:#e6edf3;--muted:#9aa5b1;--grid:#30363d;--paper:#0e1217;--away:#8c959f;--bad:#ff8a80;
        --mptcp:#56b4e9;--optimal:#f0904a;--p0:#35c49b;--p1:#e39acb;--p2:#e0c24a;--p3:#8fc1de
        """

    static let rules = """
        .figure text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation \
        Sans",Arial,sans-serif;fill:var(--ink)}
        .figure .t{font-size:13px;font-weight:600}
        .figure .l{font-size:12px}
        .figure .k{font-size:11px;fill:var(--muted)}
        .figure .g{stroke:var(--grid);stroke-width:1;shape-rendering:crispEdges}
        .figure .x{stroke:var(--muted);stroke-width:1;shape-rendering:crispEdges}
        .figure .away{fill:var(--away);fill-opacity:.16}
        .figure .mptcp,.figure .optimal,.figure .tcp{fill:none;stroke-linejoin:round;stroke-linecap:round}
        .figure .mptcp{stroke:var(--mptcp);stroke-width:2}
        .figure .optimal{stroke:var(--optimal);stroke-width:1.75}
        .figure .tcp{stroke-width:1.5}
        .figure .cap{fill-opacity:.22;stroke:none}
        .figure .lane{fill-opacity:.85}
        .figure .tcp.p0{stroke:var(--p0)}.figure .tcp.p1{stroke:var(--p1)}
        .figure .tcp.p2{stroke:var(--p2)}.figure .tcp.p3{stroke:var(--p3)}
        .figure .cap.p0,.figure .lane.p0{fill:var(--p0)}.figure .cap.p1,.figure .lane.p1{fill:var(--p1)}
        .figure .cap.p2,.figure .lane.p2{fill:var(--p2)}.figure .cap.p3,.figure .lane.p3{fill:var(--p3)}
        .figure .bar{fill-opacity:.3}.figure .whisker{stroke-width:2.5}.figure .dot{fill-opacity:.75}
        .figure .c-mptcp{fill:var(--mptcp);stroke:var(--mptcp)}.figure \
        .c-optimal{fill:var(--optimal);stroke:var(--optimal)}
        .figure .c-other{fill:var(--muted);stroke:var(--muted)}
        .figure .c-p0{fill:var(--p0);stroke:var(--p0)}.figure .c-p1{fill:var(--p1);stroke:var(--p1)}
        .figure .c-p2{fill:var(--p2);stroke:var(--p2)}.figure .c-p3{fill:var(--p3);stroke:var(--p3)}
        .figure .bar,.figure .dot{stroke:none}
        .figure .patch{stroke:none;fill-opacity:.85}
        .figure .curve{fill:none;stroke-width:1.75;stroke-linejoin:round}
        .figure .oracle{stroke-width:1.5;stroke-dasharray:5 3}.figure .c-bad{fill:var(--bad)}
        .figure .stack{stroke:none;fill-opacity:.8}
        .figure .stack.p0{fill:var(--p0)}.figure .stack.p1{fill:var(--p1)}
        .figure .stack.p2{fill:var(--p2)}.figure .stack.p3{fill:var(--p3)}
        .figure .d1{stroke-dasharray:6 3}.figure .d2{stroke-dasharray:2 3}.figure .d3{stroke-dasharray:9 3 2 3}

        """

    /// The style that a figure needs outside the page.
    static let standalone = """
        .figure{\(light);background:var(--paper)}
        @media (prefers-color-scheme:dark){.figure{\(dark)}}
        \(rules)
        """
}
