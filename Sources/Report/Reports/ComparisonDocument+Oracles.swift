// SPDX-License-Identifier: Apache-2.0
import Bounds
import Documents
import Plans
import Quantities
import Results
import Traces

/// Writes what the bounds allow.
///
/// The bounds of schema 1 have keys of their own, which are null if the bound is not known. Every other bound stands in
/// `bounds` under its name, and only if it is known.
extension ComparisonDocument {
    /// Bounds counted in IP bytes. Each is written together with what full-size segments could carry of it.
    private static let keyedInIPBytes = [CapacitySum.name, CapacityOptimal.name, BestStatic.name]
    private static let keyedInApplicationBytes = [
        SplicedOptimal.name, SplicedOptimalStalled.name, SplicedOptimalReconnect.name, OptimalBuilt.name,
    ]
    private static let keyed = keyedInIPBytes + keyedInApplicationBytes

    private static func key(_ name: BoundName, _ unit: String) -> String {
        "\(name.rawValue.replacing("-", with: "_"))_\(unit)"
    }

    static func oracle(_ oracle: ComparisonResult.Oracle) -> JSON {
        var members: [String: JSON] = [
            "direction": .string(oracle.direction.rawValue), "window_s": .number(oracle.window.seconds),
            "seed": seed(oracle.seed), "completion": completion(oracle),
            "spliced_runs": .line(oracle.splicedRuns.map { .string($0) }),
        ]
        for name in keyed {
            switch oracle.bounds[name]?.amount {
            case .ip(let bytes, let payload)?:
                members[key(name, "bytes")] = .bytes(bytes)
                members[key(name, "payload_bytes")] = .bytes(payload)
            case .application(let bytes)?: members[key(name, "bytes")] = .bytes(bytes)
            case nil: members[key(name, "bytes")] = .null
            }
        }
        let others = Set(oracle.bounds.keys).union(oracle.choices.keys).subtracting(keyed)
        if !others.isEmpty {
            members["bounds"] = .object(
                Dictionary(others.map { ($0.rawValue, bound($0, of: oracle)) }) { first, _ in first })
        }
        return .object(members)
    }

    /// null if the workload has no fixed size.
    private static func completion(_ oracle: ComparisonResult.Oracle) -> JSON {
        guard let size = oracle.size else { return .null }
        var members: [String: JSON] = ["app_bytes": .bytes(size)]
        for name in keyed { members[key(name, "s")] = .optional(oracle.bounds[name]?.completion?.seconds) }
        return .object(members)
    }

    /// A bound that has no key of its own.
    private static func bound(_ name: BoundName, of oracle: ComparisonResult.Oracle) -> JSON {
        let value = oracle.bounds[name]
        var members: [String: JSON] = [
            "bytes": .bytes(value?.bytes), "completion_s": .optional(value?.completion?.seconds),
        ]
        if case .ip(let bytes, _)? = value?.amount { members["ip_bytes"] = .bytes(bytes) }
        if let runs = oracle.choices[name] { members["runs"] = .line(runs.map { .string($0) }) }
        return .object(members)
    }
}

/// Reads the bounds back.
extension ComparisonDocument {
    static func readOracle(_ oracle: JSONReader) throws -> ComparisonResult.Oracle {
        let completion = try oracle.optional("completion")
        var read = ComparisonResult.Oracle(
            direction: try oracle["direction"].choice(), window: try oracle["window_s"].seconds,
            seed: try oracle["seed"].seed, size: try completion?["app_bytes"].bytes)
        for name in keyed {
            read.set(
                name,
                BoundValue(
                    amount: try amount(of: name, in: oracle),
                    completion: try completion?.optional(key(name, "s"))?.seconds))
        }
        let spliced = try oracle["spliced_runs"].elements.map { try $0.string }
        if !spliced.isEmpty { read.choices[SplicedOptimal.name] = spliced }
        for (key, bound) in try oracle.optional("bounds")?.members ?? [] {
            let name = BoundName(rawValue: key)
            let payload = try bound.optional("bytes")?.bytes
            let ip = try bound.optional("ip_bytes")?.bytes
            read.set(
                name,
                BoundValue(
                    amount: payload.map { payload in
                        ip.map { .ip($0, payload: payload) } ?? .application(payload)
                    }, completion: try bound.optional("completion_s")?.seconds))
            if let runs = try bound.optional("runs") { read.choices[name] = try runs.elements.map { try $0.string } }
        }
        return read
    }

    private static func amount(of name: BoundName, in oracle: JSONReader) throws -> BoundAmount? {
        guard keyedInIPBytes.contains(name) else {
            return try oracle.optional(key(name, "bytes")).map { .application(try $0.bytes) }
        }
        return .ip(try oracle[key(name, "bytes")].bytes, payload: try oracle[key(name, "payload_bytes")].bytes)
    }
}

extension ComparisonResult.Oracle {
    /// Sets nothing if nothing is known.
    fileprivate mutating func set(_ name: BoundName, _ value: BoundValue) {
        if value.isKnown { bounds[name] = value }
    }
}
