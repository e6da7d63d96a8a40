import Kernels
import Oracle
import Replays
import Runs
import Traces
import Units

extension ComparisonResult {
    /// Everything that follows from the runs: fidelity, oracles, ratios.
    init(
        replay: Replays.Replay, kernel: Kernel, runs finished: [PlannedRuns.Finished], walkbackVersion: String,
        command: String
    ) {
        let runs = finished.map(Run.init)
        let oracles = Bounds.oracles(runs: runs, traces: replay.traces, window: replay.oracleWindow)
        let record = finished.first?.record
        self.init(
            replay: ComparisonResult.Replay(
                name: replay.name, sha256: replay.sha256, duration: replay.duration, traces: replay.traces),
            environment: Environment(
                walkback: walkbackVersion, kernelRelease: record?.kernelRelease ?? kernel.release,
                kernelPatches: kernel.patches, congestionControl: replay.transport.congestionControl,
                scheduler: finished.map(\.record.scheduler).first { !$0.isEmpty } ?? "",
                sysctls: record?.sysctls ?? [:], transport: replay.transport, mobility: replay.mobility),
            runs: runs, oracles: oracles, ratios: Bounds.ratios(runs: runs, oracles: oracles), command: command)
    }
}

extension ComparisonResult {
    /// A ratio over all seeds; nil where it is not known.
    func ratio(_ name: String) -> Double? {
        ratios.first { $0.name == name && $0.seed == nil }?.value
    }
}

extension ComparisonResult.Run {
    init(_ finished: PlannedRuns.Finished) {
        let (plan, record, series) = (finished.plan, finished.record, finished.series)
        // A run that ended early was checked as far as it went.
        var measured = plan
        measured.duration = record.measured
        let paths = plan.paths.map { path in
            let links = record.links.filter { $0.path == path.name }
            return ComparisonResult.RunPath(
                name: path.name, wireBytes: links.map(\.arrived).reduce(.zero, +),
                droppedBytes: links.map { $0.droppedQueue + $0.droppedLoss + $0.droppedDetached }.reduce(.zero, +))
        }
        self.init(
            id: plan.id, strategy: plan.strategy, seed: plan.seed, direction: .down, offset: plan.offset,
            duration: record.measured, delivered: record.delivered,
            longestGap: LongestGap.of(delivered: series.delivered), verified: record.verified, paths: paths,
            fidelity: ComparisonResult.Fidelity.measure(plan: measured, record: record, series: series) {
                finished.tables[$1 == .down ? $0.downTable : $0.upTable]
            },
            counters: record.counters, events: record.events, series: series,
            handoffs: ComparisonResult.Handoff.measure(plan: measured, record: record, series: series),
            failure: Self.failure(record))
    }

    private static func failure(_ record: RunRecord) -> String? {
        if let failure = record.failure { return failure }
        if let link = record.links.first(where: { $0.queueDisciplineDrops != 0 }) {
            return
                "the queue below path \(link.path), \(link.direction)link, dropped \(link.queueDisciplineDrops) packets itself"
        }
        return nil
    }
}
