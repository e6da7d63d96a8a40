// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Results
import Strategies
import Traces
import Verification

/// Reads a comparison back for reports. Numbers have the six significant digits of the document.
extension ComparisonDocument {
    /// Returns traces without samples and runs without series: those are in the files next to the document.
    ///
    /// - Throws: `Fault` (bad input) that names what is missing or of another schema.
    static func read(_ document: JSONReader) throws -> ComparisonResult {
        let replay = try document["replay"]
        let paths = try replay["paths"].elements
        let names = try paths.map { try $0["name"].string }
        let environment = try document["environment"]
        let models = try environment["energy"]["models"].elements.map { try $0.string }
        let duration = try replay["duration_s"].seconds
        var result = ComparisonResult(
            replay: .init(
                name: try replay["name"].string, sha256: try replay["sha256"].string,
                walkSHA256: try replay["walk_sha256"].string, duration: duration,
                traces: try paths.map { try trace($0, duration: duration) }, pathSettings: try pathSettings(paths),
                workload: try readWorkload(try document["workload"])),
            environment: try readEnvironment(environment),
            runs: try document["runs"].elements.map { try readRun($0, paths: names, models: models) },
            oracles: try document["oracles"].elements.map(readOracle),
            ratios: try document["ratios"].elements.map(readRatio),
            builtWindows: try document["built_windows"].elements.map(readBuiltWindow),
            competitions: try document["competition"].elements.map(readCompetition),
            gates: try (document.optional("gates") ?? document["bars"]).elements.map(readGate),
            command: try document["command"].string)
        if let pooled = try document.optional("exchanges")?.elements {
            result.pooledExchanges = Dictionary(
                try pooled.map { (try strategy(try $0["strategy"], paths: names), try readExchanges($0)) }
            ) { first, _ in first }
        }
        return result
    }

    private static func trace(_ path: JSONReader, duration: Duration) throws -> PathTrace {
        PathTrace(
            name: try path["name"].string, kind: try path["kind"].choice(), duration: duration,
            queueDown: try path["queue_down_bytes"].bytes, queueUp: try path["queue_up_bytes"].bytes,
            source: try path["source"].string, samples: [])
    }

    /// Empty if the version that wrote the document did not record them.
    private static func pathSettings(_ paths: [JSONReader]) throws -> [ComparisonResult.PathSettings] {
        guard try paths.contains(where: { try $0.has("family") }) else { return [] }
        return try paths.map { path in
            .init(
                family: try path["family"].choice(), subflows: Int(try path["subflows"].integer),
                addressChanges: try path["address_changes_s"].elements.map { try $0.seconds })
        }
    }

    /// The spans of detachment of each path.
    static func detached(_ document: JSONReader) throws -> [[Range<Duration>]] {
        try document["replay"]["paths"].elements.map { path in
            try path["detached_s"].elements.map { span in
                let edges = try span.elements.map { try $0.seconds }
                guard edges.count == 2, edges[0] <= edges[1] else {
                    throw Fault.input(span.path, "'\(span.place)' is not a span of time; compare again")
                }
                return edges[0]..<edges[1]
            }
        }
    }

    /// A strategy that was renamed after the result was written gets its present name. A strategy that this program
    /// does not know keeps its own.
    private static func strategy(_ name: JSONReader, paths: [String]) throws -> StrategyName {
        let written = try name.string
        return StrategyRegistry.find(written, over: paths)?.name ?? StrategyName(written)
    }

    private static func readRun(_ run: JSONReader, paths: [String], models: [String]) throws -> ComparisonResult.Run {
        let strategy = try strategy(try run["strategy"], paths: paths)
        let energy = try run["energy"]
        return .init(
            id: try run["id"].string, strategy: strategy, seed: try run["seed"].seed,
            direction: try run["direction"].choice(), offset: try run["offset_s"].seconds,
            duration: try run["duration_s"].seconds, delivered: try run["app_bytes"].bytes,
            longestGap: try run["longest_gap_s"].seconds, verified: try run["verified"].bool,
            paths: try run["paths"].elements.map {
                .init(
                    name: try $0["name"].string, wireBytes: try $0["wire_bytes"].bytes,
                    droppedBytes: try $0["dropped_bytes"].bytes,
                    packetsDown: try $0.optional("packets_down")?.integer,
                    packetsUp: try $0.optional("packets_up")?.integer)
            },
            fidelity: try run["fidelity"].elements.map(readFidelity),
            counters: Dictionary(try run["counters"].members.map { ($0.key, try $0.value.integer) }) { $1 },
            events: try run["events"].elements.map {
                .init(
                    time: try $0["time_s"].seconds, kind: try $0["kind"].string,
                    path: try $0.optional("path")?.string, detail: try $0.optional("detail")?.string)
            },
            series: Series(delivered: [], links: []),
            others: try run["flows"].elements.map {
                .init(
                    name: try $0["name"].string, direction: try $0["direction"].choice(),
                    delivered: try $0["app_bytes"].bytes, verified: try $0["verified"].bool)
            },
            energy: try models.compactMap { model in
                guard let known = try energy.optional(model)?["paths"] else { return nil }
                return .init(
                    model: model,
                    paths: try paths.map { EnergyAmount(joules: try known[$0].number) })
            },
            handoffs: try run["handoffs"].elements.map(readHandoff),
            moves: try run["moves"].elements.map {
                .init(time: try $0["time_s"].seconds, path: try $0.optional("path")?.string)
            }, congestionControl: try run.optional("congestion_control")?.string,
            failure: try run.optional("failure")?.string)
    }

    private static func readFidelity(_ fidelity: JSONReader) throws -> ComparisonResult.Fidelity {
        .init(
            path: try fidelity["path"].string, direction: try fidelity["direction"].choice(),
            window: try fidelity["window_ms"].seconds / 1000, windows: Int(try fidelity["windows"].integer),
            meanError: try fidelity.optional("mean_error")?.number,
            p95Error: try fidelity.optional("p95_error")?.number,
            maxError: try fidelity.optional("max_error")?.number,
            maxErrorBytes: try fidelity.optional("max_error_bytes")?.number,
            overallError: try fidelity.optional("overall_error")?.number,
            worstWindow: try fidelity.optional("worst_window_s")?.seconds,
            violations: Int(try fidelity["violations"].integer),
            errorHistogram: try fidelity["error_histogram"].elements.map { Int(try $0.integer) })
    }

    private static func readHandoff(_ handoff: JSONReader) throws -> ComparisonResult.Handoff {
        .init(
            kind: try handoff["kind"].choice(), path: try handoff["path"].string,
            time: try handoff["time_s"].seconds, longestGap: try handoff["longest_gap_s"].seconds,
            firstByteOnNewPath: try handoff.optional("first_byte_on_new_path_s")?.seconds,
            carriesAgain: try handoff.optional("carries_again_s")?.seconds,
            stranded: Dictionary(
                try handoff["stranded_bytes"].members.map { ($0.key, try $0.value.bytes) }
            ) { $1 })
    }

    private static func readRatio(_ ratio: JSONReader) throws -> ComparisonResult.Ratio {
        let seed = try ratio["seed"]
        var read = ComparisonResult.Ratio(
            name: try ratio["name"].string, seed: seed.value == .string("all") ? nil : try seed.seed,
            value: try ratio.optional("value")?.number, low: try ratio.optional("low")?.number,
            high: try ratio.optional("high")?.number,
            smallestDifference: try ratio.optional("smallest_difference")?.number)
        read.direction = try ratio["direction"].choice()
        return read
    }

    private static func readBuiltWindow(_ window: JSONReader) throws -> ComparisonResult.BuiltWindow {
        let (start, end) = (try window["start_s"].seconds, try window["end_s"].seconds)
        return .init(
            seed: try window["seed"].seed, span: min(start, end)..<max(start, end),
            builtPath: try window.optional("built_path")?.string,
            splicedPath: try window.optional("spliced_path")?.string, spliced: try window["spliced_bytes"].bytes,
            built: try window["built_bytes"].bytes, cause: try window["cause"].choice())
    }

    private static func readCompetition(_ one: JSONReader) throws -> ComparisonResult.Competition {
        .init(
            seed: try one["seed"].seed, mptcp: try one["mptcp_bytes"].bytes,
            flows: try one["flows"].members.map { .init(name: $0.key, delivered: try $0.value.bytes) },
            optimal: try one.optional("optimal_bytes")?.bytes, ratio: try one.optional("ratio")?.number,
            jain: try one.optional("jain")?.number)
    }

    private static func readGate(_ gate: JSONReader) throws -> ComparisonResult.GateVerdict {
        .init(
            gate: try (gate.optional("gate") ?? gate["bar"]).string, quantity: try gate["quantity"].string,
            outcome: try gate["outcome"].choice(),
            finding: try gate["finding"].string)
    }
}
