// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Results
import Traces

/// The numbers of an earlier comparison that later ones are compared with, small enough to be kept next to the replays.
package struct Baseline: Sendable, Equatable {
    package static let schema = "walkback.baseline/1"

    /// The numbers of one replay.
    package struct Walk: Sendable, Equatable {
        /// The directory of the walk's results if several walks were compared, else the replay's name.
        package var name: String
        package var replay: String
        package var sha256: String
        package var walkSHA256: String
        package var duration: Duration
        package var walkback: String
        package var kernelRelease: String
        /// SHA-256 of everything that the runs gave: equal digests mean that every byte count, event and counter is
        /// equal.
        package var digest: String
        package var runs: Int
        package var window: Duration
        package var quantities: [Quantity]
        package var windows: [Windows]
    }

    /// Application bytes of one run in every window, counted from its first SYN.
    package struct Windows: Sendable, Equatable {
        package var strategy: String
        package var direction: Direction
        package var seed: UInt64
        package var bytes: [Int64]
    }

    package var walks: [Walk]

    package init(walks: [Walk]) {
        self.walks = walks
    }
}

extension Baseline.Walk {
    package init(_ saved: SavedComparison, name: String) throws {
        let result = saved.result
        let recorded = result.environment.records("environment.oracle.window_s")
        guard
            let window = result.oracles.first?.window ?? (recorded ? result.environment.settings.oracle.window : nil),
            window > .zero
        else {
            throw Fault.input(
                SavedComparison.documentName, "does not contain the windows of its oracles; compare again")
        }
        self.init(
            name: name, replay: result.replay.name, sha256: result.replay.sha256,
            walkSHA256: result.replay.walkSHA256, duration: result.replay.duration,
            walkback: result.environment.walkback, kernelRelease: result.environment.kernelRelease,
            digest: try Self.digest(of: saved), runs: Set(result.runs.map(\.id)).count, window: window,
            quantities: try Quantity.all(of: saved),
            windows: result.runs.map { run in
                let bins = max(1, Int(window / Series.binWidth))
                let delivered = run.series.delivered
                return .init(
                    strategy: run.strategy.description, direction: run.direction, seed: run.seed,
                    bytes: stride(from: 0, to: delivered.count, by: bins).map { start in
                        delivered[start..<min(start + bins, delivered.count)].reduce(0) { $0 + Int64($1) }
                    })
            })
    }

    /// Covers what the runs gave, but neither their names nor the versions that made them.
    private static func digest(of saved: SavedComparison) throws -> String {
        let names = ["runs", "oracles", "ratios", "built_windows", "competition", "exchanges"]
        let members = try names.map { name in (name, try saved.reader.optional(name)?.value ?? .null) }
        var hash = SHA256()
        hash.update(Array(JSON.object(Dictionary(members) { first, _ in first }).text.utf8))
        hash.update(saved.series)
        return hash.hexadecimal()
    }
}

// MARK: - The document

extension Baseline {
    package var json: JSON {
        .object(["schema": .string(Self.schema), "walks": .array(walks.map(\.json))])
    }

    /// - Throws: `Fault` (bad input) if it is not a complete baseline of this schema.
    package init(document: [UInt8], path: String) throws {
        let reader = try JSONReader(document: document, path: path, schema: Self.schema)
        self.init(walks: try reader["walks"].elements.map(Walk.init))
    }

    static func json(_ seed: UInt64) -> JSON {
        Int64(exactly: seed).map { .integer($0) } ?? .string(String(seed))
    }
}

extension Baseline.Walk {
    fileprivate var json: JSON {
        .object([
            "walk": .string(name),
            "replay": .object([
                "name": .string(replay), "sha256": .string(sha256), "walk_sha256": .string(walkSHA256),
                "duration_s": .number(duration.seconds),
            ]),
            "environment": .object(["walkback": .string(walkback), "kernel": .string(kernelRelease)]),
            "digest": .string(digest), "runs": .integer(Int64(runs)), "window_s": .number(window.seconds),
            "quantities": .array(
                quantities.map { quantity in
                    .object([
                        "kind": .string(quantity.kind.rawValue), "name": .string(quantity.name),
                        "strategy": quantity.strategy.map { .string($0) } ?? .null,
                        "direction": .string(quantity.direction.rawValue),
                        "seeds": .line(quantity.values.map { Baseline.json($0.seed) }),
                        "values": .line(quantity.values.map { .number($0.value) }),
                    ])
                }),
            "windows": .array(
                windows.map { windows in
                    .object([
                        "strategy": .string(windows.strategy), "direction": .string(windows.direction.rawValue),
                        "seed": Baseline.json(windows.seed), "app_bytes": .line(windows.bytes.map { .integer($0) }),
                    ])
                }),
        ])
    }

    fileprivate init(_ walk: JSONReader) throws {
        let (replay, environment) = (try walk["replay"], try walk["environment"])
        self.init(
            name: try walk["walk"].string, replay: try replay["name"].string, sha256: try replay["sha256"].string,
            walkSHA256: try replay["walk_sha256"].string, duration: try replay["duration_s"].seconds,
            walkback: try environment["walkback"].string,
            kernelRelease: try environment["kernel"].string, digest: try walk["digest"].string,
            runs: Int(try walk["runs"].integer), window: try walk["window_s"].seconds,
            quantities: try walk["quantities"].elements.map { quantity in
                let (seeds, values) = (try quantity["seeds"].elements, try quantity["values"].elements)
                guard seeds.count == values.count else {
                    throw Fault.input(
                        quantity.path,
                        "'\(quantity.place)' has \(seeds.count) seeds and \(values.count) values; save the "
                            + "baseline again"
                    )
                }
                return Quantity(
                    kind: try quantity["kind"].choice(), name: try quantity["name"].string,
                    strategy: try quantity.optional("strategy")?.string, direction: try quantity["direction"].choice(),
                    values: try zip(seeds, values).map { (try $0.seed, try $1.number) })
            },
            windows: try walk["windows"].elements.map { windows in
                .init(
                    strategy: try windows["strategy"].string, direction: try windows["direction"].choice(),
                    seed: try windows["seed"].seed, bytes: try windows["app_bytes"].elements.map { try $0.integer })
            })
    }
}
