// SPDX-License-Identifier: Apache-2.0
import Documents
import Energy
import Kernels
import Oracles
import Plans
import Quantities
import Replays
import Results
import Traces
import Verification

extension ComparisonResult {
    /// Computes everything that follows from the runs: fidelity, oracles, ratios.
    ///
    /// - Throws: `Fault` if the runs were not made on one kernel with one set of settings.
    package init(
        replay: Replays.Replay, kernel: Kernel, runs finished: [PlannedRuns.Finished], walkbackVersion: String,
        command: String
    ) throws {
        let records = finished.map(\.record)
        for record in records.dropFirst() { try Self.check(record, against: records[0]) }
        let runs = finished.flatMap(Run.all)
        let controls = Set(runs.compactMap(\.congestionControl)).sorted()
        let oracles = ComparisonResult.oracles(
            runs: runs, traces: replay.traces, window: replay.settings.oracle.window, workload: replay.workload)
        let record = records.first
        self.init(
            replay: ComparisonResult.Replay(
                name: replay.name, sha256: replay.sha256, walkSHA256: replay.walkSHA256, duration: replay.duration,
                traces: replay.traces,
                pathSettings: replay.paths.map {
                    PathSettings(family: $0.family, subflows: $0.subflows, addressChanges: $0.addressChanges)
                }, workload: replay.workload),
            environment: Environment(
                walkback: walkbackVersion, kernelRelease: record?.kernelRelease ?? kernel.release,
                kernelPatches: kernel.patches,
                congestionControl: controls.isEmpty ? nil : controls.joined(separator: ", "),
                scheduler: record?.scheduler ?? "", sysctls: record?.sysctls ?? [:], settings: replay.settings,
                commands: Self.commands(of: replay, finished)),
            runs: runs, oracles: oracles, ratios: ComparisonResult.ratios(runs: runs, oracles: oracles),
            builtWindows: BuiltAccount.windows(runs: runs, oracles: oracles, traces: replay.traces),
            competitions: Competitions.all(of: runs, window: replay.settings.oracle.window), command: command)
    }

    /// The programs that decided strategies, as they were when the runs were planned.
    private static func commands(
        of replay: Replays.Replay, _ finished: [PlannedRuns.Finished]
    ) -> [Command] {
        replay.namedCommands.compactMap { named in
            guard let command = replay.commands[named.name],
                let record = finished.first(where: { $0.plan.strategy == named.name })?.record
            else { return nil }
            return Command(
                strategy: named.name, text: command.text, sha256: command.sha256,
                interpreter: record.interpreterVersion)
        }
    }

    /// Checks that all runs agree on the kernel and its settings, since the result takes them from one record for all
    /// runs.
    private static func check(_ record: RunRecord, against first: RunRecord) throws {
        func compare(_ what: String, _ value: String?, _ other: String?) throws {
            guard value != other else { return }
            let (now, before) = (value ?? "not set", other ?? "not set")
            throw Fault(
                .failed,
                "\(what) was '\(before)' in run \(first.id) but '\(now)' in run \(record.id), so the runs cannot be "
                    + "compared; run them again on one kernel")
        }
        try compare("the kernel", record.kernelRelease, first.kernelRelease)
        try compare("the MPTCP scheduler", record.scheduler, first.scheduler)
        for name in Set(record.sysctls.keys).union(first.sysctls.keys).sorted() {
            try compare(name, record.sysctls[name], first.sysctls[name])
        }
    }
}

extension ComparisonResult.Run {
    /// One result for each direction that was measured, all with the same id.
    static func all(_ finished: PlannedRuns.Finished) -> [Self] {
        finished.plan.workload.directions.compactMap { Self(finished, $0) }
    }

    /// nil if nothing was measured in that direction.
    private init?(_ finished: PlannedRuns.Finished, _ direction: Direction) {
        let (plan, record, series) = (finished.plan, finished.record, finished.series)
        guard let flow = Flow(finished, direction) else { return nil }
        // A run that ended early is checked only as far as it went.
        var measured = plan
        measured.duration = record.measured
        let paths = plan.paths.map { path in
            let links = record.links.filter { $0.path == path.name }
            func packets(_ direction: Direction) -> Int64? {
                links.first { $0.direction == direction.rawValue }?.packets
            }
            return ComparisonResult.RunPath(
                name: path.name, wireBytes: links.map(\.arrived).reduce(.zero, +),
                droppedBytes: links.map { $0.droppedQueue + $0.droppedLoss + $0.droppedDetached }.reduce(.zero, +),
                packetsDown: packets(.down), packetsUp: packets(.up))
        }
        // Both directions of one run share its links, and each counts the links of its own direction.
        let fidelity = ComparisonResult.Fidelity.measure(plan: measured, record: record, series: series) {
            finished.tables[$1 == .down ? $0.downTable : $0.upTable]
        }.filter { plan.workload.directions.count == 1 || $0.direction == direction }
        let completion = plan.workload.size.flatMap { Series.completion(of: $0, in: flow.bins) }
        self.init(
            id: plan.id, strategy: plan.strategy, seed: plan.seed, direction: direction, offset: plan.offset,
            duration: completion ?? record.measured, delivered: flow.delivered,
            longestGap: LongestGap.of(delivered: flow.bins, until: completion), verified: record.verified,
            paths: paths, fidelity: fidelity, counters: record.counters, events: record.events,
            series: Series(
                delivered: flow.bins, others: flow.others.map(\.bins), links: series.links,
                delays: direction == plan.workload.directions[0] ? series.delays : []),
            others: flow.others.map(\.flow), exchanges: record.exchanges,
            energy: ComparisonResult.Energy.all(plan: plan, series: series, duration: record.measured),
            handoffs: ComparisonResult.Handoff.measure(plan: measured, record: record, series: series),
            moves: Self.moves(plan),
            congestionControl: record.congestionControl.isEmpty ? nil : record.congestionControl,
            failure: Self.failure(record, plan))
    }

    /// The path on which the home agent sends downlink packets to the mobile host, over time.
    private static func moves(_ plan: RunPlan) -> [Move] {
        plan.routes.filter { $0.end == .home }.map { change in
            Move(time: change.time - plan.offset, path: change.path.map { plan.paths[$0].name })
        }
    }

    /// What was measured in one direction: the run's own flow, and the other flows next to it.
    private struct Flow {
        let delivered: ByteCount
        let bins: [UInt32]
        let others: [(flow: RunRecord.Flow, bins: [UInt32])]

        init?(_ finished: PlannedRuns.Finished, _ direction: Direction) {
            let (record, series) = (finished.record, finished.series)
            let directions = finished.plan.workload.directions
            let others = Array(zip(record.others, series.others))
            guard directions.count > 1 else {
                delivered = record.delivered
                bins = series.delivered
                self.others = others
                return
            }
            // The other direction of the run's own connection is treated as a run of its own.
            let second = others.firstIndex { $0.0.direction == directions[1] }
            self.others = others.indices.filter { $0 != second && others[$0].0.direction == direction }.map {
                others[$0]
            }
            if direction == directions[0] {
                delivered = record.delivered
                bins = series.delivered
            } else {
                guard let second else { return nil }
                delivered = others[second].0.delivered
                bins = others[second].1
            }
        }
    }

    private static func failure(_ record: RunRecord, _ plan: RunPlan) -> String? {
        if let failure = record.failure { return failure }
        let (asked, used) = (plan.transport.congestionControl, record.congestionControl)
        if used != asked, !used.isEmpty || record.delivered > .zero {
            let answer = used.isEmpty ? "reports none for any connection" : "reports '\(used)' for the connections"
            return "congestion control '\(asked)' was requested, but the kernel \(answer) of the run"
        }
        if let link = record.links.first(where: { $0.queueDisciplineDrops != 0 }) {
            return
                "the queueing discipline of path \(link.path), \(link.direction)link, dropped "
                + "\(link.queueDisciplineDrops) packets, which only the link may drop"
        }
        return nil
    }
}
