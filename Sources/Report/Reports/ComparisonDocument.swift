// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces
import Verification

/// comparison.json: the whole result for programs. The same replay, seeds and kernel give the same bytes.
package enum ComparisonDocument {
    package static let schema = "walkback.comparison/2"
    /// Schema 1 called `gates` `bars`.
    package static let olderSchemas = ["walkback.comparison/1"]

    /// - Parameter files: sizes in bytes of the other files that a report needs, so that an incomplete result is
    ///   recognised.
    package static func json(of result: ComparisonResult, files: [String: Int] = [:]) -> JSON {
        .object([
            "schema": .string(schema),
            "files": .object(files.mapValues { .integer(Int64($0)) }),
            "command": .string(result.command),
            "headline": .string(HeadlineSentence.text(of: result)),
            "replay": replay(result.replay),
            "environment": environment(result.environment, energyModels: EnergyTotals.models(of: result)),
            "workload": workload(result.replay.workload),
            "not_compared": notCompared(result.replay.workload),
            "runs": .array(
                result.runs.map {
                    run($0, result.replay.workload, energyModel: result.environment.settings.energy.model)
                }),
            "oracles": .array(result.oracles.map(oracle)),
            "ratios": .array(result.ratios.map(ratio)),
            "built_windows": .array(result.builtWindows.map(builtWindow)),
            "competition": .array(result.competitions.map(competition)),
            "gates": .array(result.gates.map(gate)),
            "exchanges": pooledExchanges(of: result),
        ])
    }

    private static func replay(_ replay: ComparisonResult.Replay) -> JSON {
        .object([
            "name": .string(replay.name), "sha256": .string(replay.sha256),
            "walk_sha256": .string(replay.walkSHA256),
            "duration_s": .number(replay.duration.seconds),
            "paths": .array(
                replay.traces.enumerated().map { index, trace in
                    .object(
                        [
                            "name": .string(trace.name), "kind": .string(trace.kind.rawValue),
                            "source": .string(trace.source), "queue_down_bytes": .bytes(trace.queueDown),
                            "queue_up_bytes": .bytes(trace.queueUp),
                            "detached_s": .array(
                                trace.detached.map {
                                    .line([.number($0.lowerBound.seconds), .number($0.upperBound.seconds)])
                                }),
                        ].merging(replay.pathSettings.isEmpty ? [:] : settings(replay.pathSettings[index])) { $1 })
                }),
        ])
    }

    private static func settings(_ path: ComparisonResult.PathSettings) -> [String: JSON] {
        [
            "family": .string(path.family.rawValue), "subflows": .integer(Int64(path.subflows)),
            "address_changes_s": .line(path.addressChanges.map { .number($0.seconds) }),
        ]
    }

    private static func environment(
        _ environment: ComparisonResult.Environment, energyModels: [String]
    ) -> JSON {
        .object(
            [
                "walkback": .string(environment.walkback),
                "kernel": .object([
                    "release": .string(environment.kernelRelease),
                    "patches": .array(environment.kernelPatches.map { .string($0) }),
                ]),
                "congestion_control": optional(environment.congestionControl),
                "scheduler": .string(environment.scheduler),
                "sysctls": .object(environment.sysctls.mapValues { .string($0) }),
            ].merging(settings(environment, energyModels: energyModels)) { $1 }
                .merging(commands(environment.commands)) { $1 })
    }

    /// Left out where no program decided a strategy.
    private static func commands(_ commands: [ComparisonResult.Command]) -> [String: JSON] {
        commands.isEmpty
            ? [:]
            : [
                "commands": .array(
                    commands.map { command in
                        .object([
                            "strategy": .string(command.strategy.description), "command": .string(command.text),
                            "sha256": .string(command.sha256), "interpreter": optional(command.interpreter),
                        ])
                    })
            ]
    }

    private static func run(_ run: ComparisonResult.Run, _ workload: Workload, energyModel: String) -> JSON {
        .object([
            "id": .string(run.id), "strategy": .string(run.strategy.description), "seed": seed(run.seed),
            "direction": .string(run.direction.rawValue), "offset_s": .number(run.offset.seconds),
            "duration_s": .number(run.duration.seconds), "app_bytes": .bytes(run.delivered),
            "goodput_mbps": .number(run.goodput.megabitsPerSecond), "longest_gap_s": .number(run.longestGap.seconds),
            "verified": .bool(run.verified), "failure": optional(run.failure),
            "congestion_control": optional(run.congestionControl),
            "energy_j": .optional(run.energy(under: energyModel)?.total.joules), "energy": energy(of: run),
            "paths": .array(
                run.paths.map { path in
                    .object([
                        "name": .string(path.name), "wire_bytes": .bytes(path.wireBytes),
                        "dropped_bytes": .bytes(path.droppedBytes),
                        "packets_down": integer(path.packetsDown), "packets_up": integer(path.packetsUp),
                    ])
                }),
            "fidelity": .array(run.fidelity.map(fidelity)),
            "exchanges": exchanges(of: run, workload),
            "counters": .object(run.counters.mapValues { .integer($0) }),
            "events": .array(
                run.events.map { event in
                    .object([
                        "time_s": .number(event.time.seconds), "kind": .string(event.kind),
                        "path": optional(event.path), "detail": optional(event.detail),
                    ])
                }),
            "moves": .array(
                run.moves.map { .object(["time_s": .number($0.time.seconds), "path": optional($0.path)]) }),
            "flows": .array(
                run.others.map { flow in
                    .object([
                        "name": .string(flow.name), "direction": .string(flow.direction.rawValue),
                        "app_bytes": .bytes(flow.delivered), "verified": .bool(flow.verified),
                    ])
                }),
            "handoffs": .array(run.handoffs.map(handoff)),
        ])
    }

    private static func handoff(_ handoff: ComparisonResult.Handoff) -> JSON {
        .object([
            "kind": .string(handoff.kind.rawValue), "path": .string(handoff.path),
            "time_s": .number(handoff.time.seconds), "longest_gap_s": .number(handoff.longestGap.seconds),
            "first_byte_on_new_path_s": .optional(handoff.firstByteOnNewPath?.seconds),
            "carries_again_s": .optional(handoff.carriesAgain?.seconds),
            "stranded_bytes": .object(handoff.stranded.mapValues { .bytes($0) }),
        ])
    }

    /// Energy by model; `mbit_per_j` counts application bits.
    private static func energy(of run: ComparisonResult.Run) -> JSON {
        let models = run.energy.map { energy in
            let paths = zip(run.paths, energy.paths).map { ($0.name, JSON.number($1.joules)) }
            let document = JSON.object([
                "total_j": .number(energy.total.joules),
                "paths": .object(Dictionary(paths) { first, _ in first }),
                "mbit_per_j": .optional(run.efficiency(under: energy)?.megabitsPerJoule),
            ])
            return (energy.model, document)
        }
        return .object(Dictionary(models) { first, _ in first })
    }

    private static func fidelity(_ fidelity: ComparisonResult.Fidelity) -> JSON {
        .object([
            "path": .string(fidelity.path), "direction": .string(fidelity.direction.rawValue),
            "window_ms": .number(fidelity.window.milliseconds), "windows": .integer(Int64(fidelity.windows)),
            "mean_error": .optional(fidelity.meanError), "p95_error": .optional(fidelity.p95Error),
            "max_error": .optional(fidelity.maxError), "max_error_bytes": .optional(fidelity.maxErrorBytes),
            "overall_error": .optional(fidelity.overallError),
            "worst_window_s": .optional(fidelity.worstWindow?.seconds),
            "violations": .integer(Int64(fidelity.violations)),
            "error_histogram": .line(fidelity.errorHistogram.map { .integer(Int64($0)) }),
        ])
    }

    private static func ratio(_ ratio: ComparisonResult.Ratio) -> JSON {
        .object(statistics(ratio).merging(["seed": ratio.seed.map(seed) ?? .string("all")]) { $1 })
    }

    /// The statistics of a ratio, without its numerator and denominator.
    static func statistics(_ ratio: ComparisonResult.Ratio) -> [String: JSON] {
        [
            "name": .string(ratio.name), "direction": .string(ratio.direction.rawValue),
            "value": .optional(ratio.value), "low": .optional(ratio.low),
            "high": .optional(ratio.high), "smallest_difference": .optional(ratio.smallestDifference),
        ]
    }

    private static func builtWindow(_ window: ComparisonResult.BuiltWindow) -> JSON {
        .object([
            "seed": seed(window.seed), "start_s": .number(window.span.lowerBound.seconds),
            "end_s": .number(window.span.upperBound.seconds), "built_path": optional(window.builtPath),
            "spliced_path": optional(window.splicedPath), "built_bytes": .bytes(window.built),
            "spliced_bytes": .bytes(window.spliced), "cause": .string(window.cause.rawValue),
        ])
    }

    private static func competition(_ one: ComparisonResult.Competition) -> JSON {
        .object([
            "seed": seed(one.seed), "mptcp_bytes": .bytes(one.mptcp), "optimal_bytes": .bytes(one.optimal),
            "flows": .object(
                Dictionary(one.flows.map { ($0.name, JSON.bytes($0.delivered)) }) { first, _ in first }),
            "ratio": .optional(one.ratio), "jain": .optional(one.jain),
        ])
    }

    static func gate(_ gate: ComparisonResult.GateVerdict) -> JSON {
        .object([
            "gate": .string(gate.gate), "quantity": .string(gate.quantity), "outcome": .string(gate.outcome.rawValue),
            "finding": .string(gate.finding),
        ])
    }

    /// JSON readers hold whole numbers up to 2^53 at best; a seed too large for our own integers is written as a
    /// string.
    static func seed(_ seed: UInt64) -> JSON {
        Int64(exactly: seed).map { .integer($0) } ?? .string(String(seed))
    }

    static func optional(_ text: String?) -> JSON {
        text.map { .string($0) } ?? .null
    }

    private static func integer(_ number: Int64?) -> JSON {
        number.map { .integer($0) } ?? .null
    }
}
