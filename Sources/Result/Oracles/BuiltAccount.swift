// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Traces

/// Explains where built Optimal TCP loses bytes compared with spliced Optimal TCP.
///
/// Splicing costs nothing: each path's own TCP keeps running while it is not chosen, so its window stays open and its
/// queue full. The one connection of built Optimal TCP must open its window again after every switch.
package enum BuiltAccount {
    /// Silence counts from this length on, if the path could have carried data. It is above any round-trip time over an
    /// empty queue and above the shortest retransmission timeout (200 ms); only timers that have backed off wait
    /// longer.
    static let silence = Duration.milliseconds(500)

    /// Every unshifted window of every seed that has both strategies, in order of seed and time.
    package static func windows(
        runs: [ComparisonResult.Run], oracles: [ComparisonResult.Oracle], traces: [PathTrace]
    ) -> [ComparisonResult.BuiltWindow] {
        oracles.sorted { $0.seed < $1.seed }.flatMap { oracle -> [ComparisonResult.BuiltWindow] in
            let runs = runs.filter { $0.seed == oracle.seed && $0.direction == oracle.direction }
            guard let built = runs.first(where: { $0.strategy == .optimalBuilt }), !oracle.splicedRuns.isEmpty else {
                return []
            }
            let edges = OracleWindows(length: oracle.window, duration: built.duration).edges(shift: .zero)
            let spans = zip(edges, edges.dropFirst()).map { $0..<$1 }
            return zip(spans, oracle.splicedRuns).compactMap { span, id in
                guard let spliced = runs.first(where: { $0.id == id }) else { return nil }
                let path = built.moves.last { $0.time < span.upperBound }?.path
                let splicedPath = spliced.strategy.path(among: traces.map(\.name))
                return ComparisonResult.BuiltWindow(
                    seed: oracle.seed, span: span, builtPath: path, splicedPath: splicedPath,
                    spliced: bytes(of: spliced, in: span), built: bytes(of: built, in: span),
                    cause: cause(built, on: traces.first { $0.name == path }, instead: splicedPath, in: span))
            }
        }
    }

    private static func cause(
        _ run: ComparisonResult.Run, on trace: PathTrace?, instead spliced: String?, in span: Range<Duration>
    ) -> ComparisonResult.BuiltWindow.Cause {
        if let trace, isDetached(trace, within: run, span) || isSilent(run, on: trace, in: span) { return .away }
        // The first move is the start of the connection.
        if run.moves.dropFirst().contains(where: { span.contains($0.time) }) { return .switched }
        return trace?.name == spliced ? .other : .chosenOtherwise
    }

    private static func isDetached(
        _ trace: PathTrace, within run: ComparisonResult.Run, _ span: Range<Duration>
    ) -> Bool {
        let start = run.offset + span.lowerBound
        let atStart = trace.attachments.last { $0.time <= start }?.attached ?? true
        return !atStart
            || trace.attachments.contains {
                !$0.attached && $0.time > start && $0.time < run.offset + span.upperBound
            }
    }

    /// Whether the application got nothing and the link had nothing to send for `silence`, although the link could have
    /// carried at least one packet.
    private static func isSilent(
        _ run: ComparisonResult.Run, on trace: PathTrace, in span: Range<Duration>
    ) -> Bool {
        guard let link = run.series.link(trace.name, run.direction) else { return false }
        let curve = trace.curve(run.direction)
        let bins = bins(of: span, count: min(link.idle.count, run.series.delivered.count))
        var start = bins.lowerBound
        for bin in bins.lowerBound...bins.upperBound {
            if bin < bins.upperBound, link.idle[bin], run.series.delivered[bin] == 0 { continue }
            let quiet = Series.binWidth * (bin - start)
            let from = run.offset + Series.binWidth * start
            if quiet >= silence, curve.carried(from: from, to: from + quiet) >= 1500 { return true }
            start = bin + 1
        }
        return false
    }

    private static func bytes(of run: ComparisonResult.Run, in span: Range<Duration>) -> ByteCount {
        let delivered = run.series.delivered
        return ByteCount(delivered[bins(of: span, count: delivered.count)].reduce(0) { $0 + Int64($1) })
    }

    /// As in the splice: the last bin, which the end of the run cuts, belongs to the last window.
    private static func bins(of span: Range<Duration>, count: Int) -> Range<Int> {
        let width = Series.binWidth.wholeNanoseconds
        func bin(_ time: Duration) -> Int { min(count, Int((time.wholeNanoseconds + width - 1) / width)) }
        return bin(span.lowerBound)..<bin(span.upperBound)
    }
}
