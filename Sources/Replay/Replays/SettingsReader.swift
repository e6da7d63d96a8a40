// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Settings
import System
import Yams

/// Reads settings as their table defines them.
struct SettingsReader {
    let reader: YAMLReader
    /// The names of the replay's paths.
    let paths: [String]
    var settings = ReplaySettings()
    /// Names in the settings that only the kernel can check.
    var demands: [KernelDemand] = []

    mutating func read(_ setting: Setting, from node: Node) throws {
        let value = try value(of: setting, node)
        guard setting.set(value, in: &settings) else {
            throw reader.fault(node, "\(setting.name) cannot be '\(value.text.prefix(40))'")
        }
        if let objection = setting.objection(to: settings) { throw reader.fault(node, objection) }
    }

    private mutating func value(of setting: Setting, _ node: Node) throws -> SettingValue {
        let name = setting.name
        switch setting.kind {
        case .duration(let range, let example):
            return .duration(try reader.duration(node, name, in: range, example: example))
        case .size(let range, let example):
            return .size(try reader.size(node, name, in: range, example: example))
        case .count(let range):
            return .count(try reader.integer(node, name, in: range))
        case .number(let range):
            return .number(try reader.number(node, name, in: range))
        case .choice(let choices):
            return .text(try reader.choice(node, name, choices.map { ($0, $0) }))
        case .kernelName(let kind, let example):
            return .text(try kernelName(node, kind, example: example))
        case .path:
            return .text(try reader.choice(node, name, paths.map { ($0, $0) }))
        }
    }

    private mutating func kernelName(
        _ node: Node, _ kind: KernelDemand.Kind, example: String
    ) throws -> String {
        let name = try reader.string(node, kind.rawValue)
        guard KernelDemand.isPossible(name) else {
            throw reader.fault(
                node,
                "\(kind.rawValue) '\(name.prefix(40))' cannot be a name in the kernel; write a name like '\(example)'"
            )
        }
        demands.append(KernelDemand(kind, name, at: reader.place(of: node)))
        return name
    }
}

extension Replay {
    /// Sets one setting from an option instead of from the replay: `transport.send_buffer=3MB`.
    ///
    /// - Throws: `Fault` (usage) that names the option.
    package mutating func use(_ assignment: String) throws {
        let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw Fault(
                .usage, "--set '\(assignment.prefix(60))' sets nothing; write it like --set transport.send_buffer=3MB")
        }
        guard let setting = Setting.all.first(where: { $0.key == parts[0] }) else {
            throw Fault(
                .usage,
                "--set names '\(parts[0].prefix(60))', which is not a setting"
                    + Suggestion.ending(for: parts[0], among: Setting.all.map(\.key)))
        }
        let option = "--set \(setting.key)"
        do {
            let yaml = try YAMLReader(InputFile(path: option, bytes: Array(parts[1].utf8)))
            var reader = SettingsReader(reader: yaml, paths: paths.map(\.name), settings: settings)
            try reader.read(setting, from: yaml.root)
            // A setting in the replay may conflict with this one.
            let standard = ReplaySettings()
            for other in Setting.all where other.value(in: settings) != other.value(in: standard) {
                if let objection = other.objection(to: reader.settings) { throw yaml.fault(yaml.root, objection) }
            }
            settings = reader.settings
            for demand in reader.demands {
                demands.removeAll { $0.kind == demand.kind }
                demands.append(KernelDemand(demand.kind, demand.name, at: option))
            }
        } catch let fault as Fault {
            throw Fault(.usage, fault.message)
        }
    }
}
