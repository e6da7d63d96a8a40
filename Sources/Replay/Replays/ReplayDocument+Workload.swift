// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Registries
import Yams

/// What is transferred: a kind of workload. The kind itself defines its keys.
extension ReplayDocument {
    mutating func readWorkload(_ root: YAMLReader.Members) throws {
        let kinds = Workload.kinds.all
        // Accept the keys of every kind, so that a key of another kind is not called unknown.
        var keys = Self.commonKeys
        for key in kinds.flatMap({ $0.keys }) where !keys.contains(key) { keys.append(key) }
        let members = try reader.section("workload", of: root, keys: keys)
        if let node = members["kind"] {
            workload = Workload(try reader.choice(node, "kind", kinds.map { ($0.name, $0) }).init())
        }
        let allowed = Self.commonKeys + workload.kind.fields.map(\.key)
        if let other = members.entries.first(where: { !allowed.contains($0.key) }) {
            throw reader.fault(
                other.keyNode,
                "'\(other.key)' does not belong to workload '\(workload.kind.name)', whose keys are "
                    + allowed.joined(separator: ", "))
        }
        if let node = members["duration"] {
            let duration = try reader.string(node, "duration")
            guard duration == "trace" else {
                throw reader.fault(
                    node,
                    "duration '\(duration.prefix(40))' is not known, because a run lasts as long as its traces; "
                        + "write 'duration: trace' or 'bytes: 100MB'"
                )
            }
        }
        let reader = reader
        try workload.kind.setAll { field in
            guard let node = members[field.key] else { return field.value }
            let key = field.key
            switch field.limits {
            case .size(let range, let example):
                return .size(try reader.size(node, key, in: range, example: example))
            case .rate(let range, let example):
                return .rate(try reader.rate(node, key, in: range, example: example))
            case .duration(let range, let example):
                return .duration(try reader.duration(node, key, in: range, example: example))
            case .number(let range): return .number(try reader.number(node, key, in: range))
            case .count(let range): return .count(try reader.integer(node, key, in: range))
            }
        }
    }

    private static let commonKeys = ["kind", "duration"]
}
