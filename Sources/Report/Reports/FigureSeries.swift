// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Traces

/// The numbers behind Figure 1: one seed's rates over the walk, in Mb/s, as few points as a figure needs.
struct FigureSeries {
    struct Path {
        let name: String
        /// The link's capacity in the run's direction: a mean for each step, from the beginning of the walk.
        let capacity: [Double]
        /// Measured goodput of the TCP over this path alone, smoothed; empty if it was not run.
        let tcp: [Double]
        /// The run that `tcp` is taken from.
        let run: String?
        /// Spans of the walk during which the path was detached.
        let detached: [Range<Duration>]
    }

    let seed: UInt64?
    /// Whether this seed has the median headline ratio.
    let isMedian: Bool
    let duration: Duration
    /// The time between two points.
    let step: Duration
    /// The width of the moving mean over the transport's goodput.
    var smoothing: Duration { step * Self.smoothedSteps }
    /// Trace time of the first SYN, which is the first point of every measured series.
    let offset: Duration
    /// Smoothed; empty if it was not run or is not known.
    let mptcp: [Double]
    let optimal: [Double]
    /// The rates that `optimal` was smoothed from.
    let splicedRates: [Double]
    let paths: [Path]
    /// Which path spliced Optimal TCP took in each window, as an index into `paths`; spans of the walk.
    let choices: [(span: Range<Duration>, path: Int)]

    static let smoothedSteps = 5
    private static let mostPoints = 800.0

    init(_ result: ComparisonResult) {
        let seed = Self.medianSeed(of: result)
        self.seed = Self.shownSeed(of: result)
        isMedian = seed != nil && HeadlineSentence.seeds("mptcp/optimal", of: result) > 1
        let shown = self.seed
        let runs = result.runs.filter { $0.seed == shown }
        let direction = runs.first?.direction ?? .down
        let offset = runs.first?.offset ?? .zero
        let step = Self.step(for: result.replay.duration)
        func smoothed(_ delivered: [UInt32]) -> [Double] {
            Self.moving(Self.rates(delivered, step: step), over: Self.smoothedSteps)
        }
        duration = result.replay.duration
        self.step = step
        self.offset = offset
        mptcp = smoothed(runs.first { $0.strategy == .mptcp }?.series.delivered ?? [])

        let oracle = result.oracles.first { $0.seed == shown && $0.direction == direction }
        let taken = oracle?.splicedRuns ?? []
        let window = oracle?.window ?? .seconds(10)
        var spliced: [UInt32] = []
        var choices: [(span: Range<Duration>, path: Int)] = []
        for (index, id) in taken.enumerated() {
            guard let run = runs.first(where: { $0.id == id }) else { continue }
            let start = window * index
            let end = min(window * (index + 1), run.duration)
            guard start < end else { continue }
            let delivered = run.series.delivered
            let bins = Int(end / Series.binWidth + 0.5)
            spliced +=
                delivered[
                    min(
                        spliced.count, delivered.count)..<max(
                            min(spliced.count, delivered.count), min(bins, delivered.count))]
            if let path = result.replay.traces.firstIndex(where: { run.strategy.path(among: [$0.name]) != nil }) {
                choices.append((offset + start..<offset + end, path))
            }
        }
        splicedRates = Self.rates(spliced, step: step)
        optimal = Self.moving(splicedRates, over: Self.smoothedSteps)
        self.choices = choices

        let steps = Int((result.replay.duration / step).rounded(.up))
        paths = result.replay.traces.map { trace in
            let curve = trace.curve(direction)
            let candidates = runs.filter { $0.strategy.path(among: [trace.name]) != nil }
            // The TCP that Optimal TCP took, else the better one.
            let run =
                candidates.first { taken.contains($0.id) }
                ?? candidates.max { $0.delivered < $1.delivered }
            return Path(
                name: trace.name,
                capacity: (0..<steps).map { index in
                    let end = min(step * (index + 1), trace.duration)
                    guard step * index < end else { return 0 }
                    return curve.carried(from: step * index, to: end) * 8 / (end - step * index).seconds / 1e6
                },
                tcp: smoothed(run?.series.delivered ?? []), run: run?.id, detached: trace.detached)
        }
    }

    /// The seed of all figures that show one seed: the median one, else the first.
    static func shownSeed(of result: ComparisonResult) -> UInt64? {
        medianSeed(of: result) ?? result.runs.first?.seed
    }

    /// The seed with the median headline ratio (the lower of two); nil if there is no such ratio.
    private static func medianSeed(of result: ComparisonResult) -> UInt64? {
        let ratios = result.ratios.compactMap { ratio -> (value: Double, seed: UInt64)? in
            guard ratio.name == "mptcp/optimal", let seed = ratio.seed, let value = ratio.value else { return nil }
            return (value, seed)
        }.sorted { ($0.value, $0.seed) < ($1.value, $1.seed) }
        return ratios.isEmpty ? nil : ratios[(ratios.count - 1) / 2].seed
    }

    /// Chosen so that a figure has no more points than it can show.
    static func step(for duration: Duration) -> Duration {
        let steps: [Duration] = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600].map { .seconds($0) }
        return steps.first { duration / $0 <= mostPoints } ?? .seconds(3600)
    }

    /// Mean rates in Mb/s, one for each step; the last step may be shorter.
    static func rates(_ bytes: [UInt32], step: Duration) -> [Double] {
        let width = max(1, Int(step / Series.binWidth + 0.5))
        return stride(from: 0, to: bytes.count, by: width).map { start in
            let bins = bytes[start..<min(start + width, bytes.count)]
            let sum = bins.reduce(0) { $0 + Double($1) }
            return sum * 8 / (Double(bins.count) * Series.binWidth.seconds) / 1e6
        }
    }

    /// A centred moving mean; at the ends it covers only the values that there are.
    static func moving(_ values: [Double], over width: Int) -> [Double] {
        values.indices.map { index in
            let span = values[max(0, index - width / 2)..<min(values.count, index + width / 2 + 1)]
            return span.reduce(0, +) / Double(span.count)
        }
    }
}
