// SPDX-License-Identifier: Apache-2.0
import Derivation
import Determinism
import Documents
import Energy
import Kernels
import Plans
import Quantities
import Replays
import Results
import System
import SystemPackage
import Traces

/// Compares live transfers of a walk with what a replay of that walk gives the same kind of transfer at the same time:
/// what `walkback derive --predict` does.
package struct PredictionRequest: Sendable {
    /// The replay of the traces that were derived.
    package var replay: FilePath
    package var output: FilePath
    package var transfers: [LiveTransfer]
    package var derivation: Derivation
    /// N for seeds 1 to N.
    package var seeds: Int
    package var jobs: Int
    package var kernel: KernelChoice
    package var walkbackVersion: String

    package init(
        replay: FilePath, output: FilePath, transfers: [LiveTransfer], derivation: Derivation, seeds: Int, jobs: Int,
        kernel: KernelChoice, walkbackVersion: String
    ) {
        self.replay = replay
        self.output = output
        self.transfers = transfers
        self.derivation = derivation
        self.seeds = seeds
        self.jobs = jobs
        self.kernel = kernel
        self.walkbackVersion = walkbackVersion
    }

    /// A transfer, with the part of the replay during which it was made.
    private struct Stretch {
        let transfer: LiveTransfer
        let strategy: StrategyName
        /// The start on the traces' clock.
        let start: Duration
    }

    /// - Throws: a `Fault` for whatever kept the prediction from being complete.
    package func run(cancellation: Cancellation, say: @escaping @Sendable (String) -> Void) throws -> Prediction {
        let replay = try Replay.load(self.replay.string)
        let stretches = try stretches(in: replay, say)
        let longest = stretches.map(\.transfer.duration).max() ?? .zero
        try RunLimit.check(
            runs: stretches.count * seeds, of: longest, workload: Workload(), paths: replay.paths.count,
            self.replay.string, "predict fewer or shorter transfers, or choose fewer --seeds")
        let kernel = try self.kernel.find()
        let plans = try stretches.enumerated().map { index, stretch in
            try (1...UInt64(seeds)).map { try plan(stretch, number: index + 1, seed: $0, of: replay) }
        }
        let output = try OutputDirectory(
            self.output, mark: Prediction.fileName, remains: [Derivation.replayFileName])
        do {
            let runs = try output.makeWorkDirectory("runs")
            let tables = replay.tables()
            let all = plans.flatMap { $0 }
            let display = ProgressDisplay(runs: all.count, runDuration: all.map(\.duration).max() ?? .zero)
            defer { display.end() }
            let executed = try GuestPool(width: kernel.isVirtual ? jobs : 1).map(all, cancellation: cancellation) {
                plan, cancellation in
                try RunFiles.execute(
                    plan, tables, in: runs, of: output, on: kernel, cancellation: cancellation, progress: display.take)
            }.map { try $0.get() }
            var finished = zip(all, executed).map { plan, run in
                PlannedRuns.Finished(plan: plan, tables: tables, record: run.record, series: run.series)
            }[...]
            var results: [Prediction.Stretch] = []
            for (stretch, plans) in zip(stretches, plans) {
                let own = finished.prefix(plans.count)
                finished = finished.dropFirst(plans.count)
                results.append(
                    Prediction.Stretch(
                        start: stretch.start, strategy: stretch.strategy, transfer: stretch.transfer,
                        known: known(stretch), runs: own.flatMap(ComparisonResult.Run.all)))
            }
            let prediction = Prediction(
                replay: replay.name, sha256: replay.sha256, walkback: walkbackVersion,
                kernelRelease: executed.first?.record.kernelRelease ?? kernel.release,
                kernelPatches: kernel.patches,
                congestionControls: Set(results.flatMap(\.runs).compactMap(\.congestionControl)).sorted(),
                stretches: results)
            try output.publish([(Prediction.fileName, Array(prediction.json.text.utf8))])
            return prediction
        } catch {
            output.discardPartial()
            throw error
        }
    }

    /// The transfers that the traces cover.
    private func stretches(in replay: Replay, _ say: (String) -> Void) throws -> [Stretch] {
        let all = transfers.map { (transfer: $0, start: $0.start(in: derivation)) }
        let covered = all.filter { $0.start >= .zero && $0.start + $0.transfer.duration <= replay.duration }
        func span(_ one: (transfer: LiveTransfer, start: Duration)) -> String {
            "\(one.start.seconds.text(decimals: 1)) to "
                + "\((one.start + one.transfer.duration).seconds.text(decimals: 1)) s"
        }
        let beyond = "outside the derived traces, which cover 0 to \(replay.duration.seconds.text()) s"
        guard !covered.isEmpty else {
            let first = all.first.map(span) ?? "no time"
            throw Fault(
                .badInput,
                "every live transfer is \(beyond); the first is at \(first); if the clocks were apart, correct them "
                    + "with --align FILE=TIME, otherwise name captures of one walk")
        }
        for one in all where !covered.contains(where: { $0.transfer == one.transfer }) {
            say("note: the live transfer at \(span(one)) is left out, because it is \(beyond)")
        }
        return try covered.map { transfer, start in
            guard !transfer.isMultipath else {
                return Stretch(transfer: transfer, strategy: .mptcp, start: start)
            }
            let paths = replay.paths.map(\.name)
            guard paths.contains(transfer.path) else {
                throw Fault(
                    .badInput,
                    "the live TCP transfer at \(span((transfer, start))) went over '\(transfer.path)', but the "
                        + "derived paths are "
                        + "\(paths.joined(separator: ", ")); name its path, as in --predict \(paths[0])=FILE")
            }
            return Stretch(transfer: transfer, strategy: .tcp(path: transfer.path), start: start)
        }
    }

    /// The first SYN leaves when the live one did, and over the same path if that is attached.
    private func plan(_ stretch: Stretch, number: Int, seed: UInt64, of replay: Replay) throws -> RunPlan {
        var replay = replay
        replay.workload = .bulk(stretch.transfer.direction)
        if let path = replay.paths.first(where: { $0.name == stretch.transfer.path }),
            path.trace.attachments.last(where: { $0.time <= stretch.start })?.attached ?? true
        {
            replay.settings.transport.initialPath = path.name
        }
        var plan = try replay.plan(strategy: stretch.strategy, seed: seed)
        plan.id = "stretch-\(number).\(seed)"
        plan.offset = stretch.start
        plan.duration = stretch.transfer.duration
        return plan
    }

    /// For each path, the share of the stretch in which its rate in the transfer's direction is known and not filled
    /// in.
    private func known(_ stretch: Stretch) -> [(path: String, share: Double)] {
        zip(derivation.traces, derivation.known).map { trace, known in
            let all = stretch.transfer.direction == .down ? known.down : known.up
            let first = Int(stretch.start.seconds)
            let last = Int((stretch.start + stretch.transfer.duration).seconds.rounded(.up))
            let seconds = all[min(first, all.count)..<min(max(first, last), all.count)]
            return (trace.name, seconds.isEmpty ? 0 : seconds.reduce(0, +) / Double(seconds.count))
        }
    }
}
