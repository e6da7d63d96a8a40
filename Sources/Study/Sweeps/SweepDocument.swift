// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Replays
import Synthesis
import System
import TraceFormats
import Yams

/// The content of a sweep's file, `NAME.yaml`, from which each cell's replay is made.
struct SweepDocument {
    /// The source of every cell's replay, before the cell's point of the grid is set in it.
    enum Base {
        case replay(name: String, Node)
        case generated(OutdoorParameters.Movement)
    }

    let reader: YAMLReader
    let name: String
    let base: Base
    /// Settings that are the same in every cell: parameters of the generator and, by dotted keys, of the replay.
    private(set) var settings: [Setting] = []
    private(set) var dimensions: [Dimension] = []
    struct Setting {
        let key: SweepKey
        let value: Node
    }

    struct Dimension {
        let key: SweepKey
        let values: [Node]
    }

    static let keys = ["name", "generate", "replay", "set", "grid", "strategies", "seeds", "quick"]
    /// The keys that a quick form may replace.
    static let quickKeys = ["generate", "set", "grid", "strategies", "seeds"]

    /// - Parameter quick: whether the keys under `quick` replace the others.
    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    init(_ file: InputFile, quick: Bool) throws {
        reader = try YAMLReader(file)
        let root = try reader.members(of: reader.root, "a sweep", keys: Self.keys)
        let own = try reader.section("quick", of: root, keys: Self.quickKeys)
        if quick, own.entries.isEmpty {
            throw reader.fault(reader.root, "the sweep has no quick form; add 'quick:', or leave out --quick")
        }
        let reader = reader
        /// A mapping's members, with those of the quick form replacing the others.
        func section(_ key: String) throws -> YAMLReader.Members {
            var members = try reader.section(key, of: root, keys: nil)
            guard quick else { return members }
            for entry in try reader.section(key, of: own, keys: nil).entries {
                members.entries.removeAll { $0.key == entry.key }
                members.entries.append(entry)
            }
            return members
        }

        guard let nameNode = root["name"] else {
            throw reader.fault(reader.root, "the sweep has no name; add 'name: my-sweep'")
        }
        name = try reader.string(nameNode, "name")
        if let objection = ReplayName.objection(to: name) { throw reader.fault(nameNode, objection) }
        var generate = try section("generate")
        switch (root["replay"], root["generate"]) {
        case (let node?, nil):
            base = .replay(name: try reader.string(node, "replay"), node)
        case (nil, _?):
            guard let node = generate["movement"] else {
                throw reader.fault(root["generate"], "'generate' has no movement; add 'movement: walking' or 'driving'")
            }
            base = .generated(
                try reader.choice(
                    node, "movement", OutdoorParameters.Movement.allCases.map { ($0.rawValue, $0) }))
            generate.entries.removeAll { $0.key == "movement" }
        default:
            throw reader.fault(
                reader.root, "a sweep needs one replay or one generator; write either 'replay: FILE' or 'generate:'")
        }
        for entry in generate.entries { try add(entry, of: "generate", onlyGenerator: true) }
        for entry in try section("set").entries { try add(entry, of: "set", onlyGenerator: false) }
        for key in ["strategies", "seeds"] {
            guard let node = quick ? own[key] ?? root[key] : root[key] else { continue }
            settings.append(Setting(key: .replay([key]), value: node))
        }
        for entry in try section("grid").entries {
            let key = try key(entry.key, entry.keyNode, onlyGenerator: false)
            try refuseSecond(key, entry.keyNode)
            dimensions.append(
                Dimension(key: key, values: try SweepValues.all(entry, key, reader)))
        }
    }

    private mutating func add(
        _ entry: (key: String, keyNode: Node, value: Node), of section: String, onlyGenerator: Bool
    ) throws {
        let key = try key(entry.key, entry.keyNode, onlyGenerator: onlyGenerator)
        try refuseSecond(key, entry.keyNode)
        settings.append(Setting(key: key, value: entry.value))
    }

    private func key(_ text: String, _ node: Node, onlyGenerator: Bool) throws -> SweepKey {
        if case .generated = base, let key = SweepKey(generator: text) { return key }
        if !onlyGenerator, let key = SweepKey(replay: text) { return key }
        var known = onlyGenerator ? [] : SweepKey.replayNames
        if case .generated = base { known += SweepKey.generatorNames }
        throw reader.fault(node, "unknown key '\(text.prefix(40))'\(Suggestion.ending(for: text, among: known))")
    }

    private func refuseSecond(_ key: SweepKey, _ node: Node) throws {
        guard settings.contains(where: { $0.key == key }) || dimensions.contains(where: { $0.key == key }) else {
            return
        }
        throw reader.fault(node, "'\(key.text)' is set twice; remove one of them")
    }
}
