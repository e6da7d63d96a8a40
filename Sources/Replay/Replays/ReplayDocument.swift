// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Settings
import Strategies
import System
import TraceFormats
import Traces
import Yams

/// The contents of a replay's file, checked as far as possible without its traces.
struct ReplayDocument {
    struct Path {
        var name: String
        /// The path's kind; nil: that of the trace.
        var kind: PathKind?
        var kindNode: Node?
        var family: RunPlan.AddressFamily
        /// One trace, or one or two opportunity files: the downlink's and the uplink's.
        var files: [(name: String, node: Node)]
        /// Settings for opportunity files; nil: the files are a trace, which needs no settings.
        var opportunities: OpportunitySettings?
        var addressChanges: [Duration]
        var addressChangesNode: Node?
        var subflows: Int
    }

    let reader: YAMLReader
    var name = ""
    var paths: [Path] = []
    var workload = Workload()
    var strategies: [StrategyName] = []
    /// The position of each named strategy; empty if none is named.
    var strategyNodes: [Node] = []
    /// The strategies that programs decide.
    var commands: [NamedCommand] = []
    var seeds = 10
    var settings = ReplaySettings()
    /// Names in the settings that only the kernel can check.
    var demands: [KernelDemand] = []
    var gates: [Gate] = []
    var runGates: [RunGate] = []

    static let keys = ["name", "paths", "workload", "strategies", "seeds"] + Setting.sections + ["gates", "bars"]

    /// Upstream Linux gives an MPTCP connection at most this many subflows.
    static let mostPaths = 8

    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    init(_ file: InputFile) throws {
        // People often start with the file that they have measured.
        guard !file.path.hasSuffix(".csv") else {
            throw Fault.input(
                file.path,
                "is a table and not a replay; make a replay from the tables of a walk with 'walkback import wifi=FILE "
                    + "cellular=FILE --output DIR', or name traces under 'paths' in a replay.yaml")
        }
        reader = try YAMLReader(file)
        let root = try reader.members(of: reader.root, "a replay", keys: Self.keys)
        guard let nameNode = root["name"] else {
            throw reader.fault(reader.root, "the replay has no name; add 'name: my-walk'")
        }
        name = try reader.string(nameNode, "name")
        if let objection = ReplayName.objection(to: name) { throw reader.fault(nameNode, objection) }
        try readPaths(root)
        try readWorkload(root)
        try readStrategies(root)
        if let node = root["seeds"] { seeds = try reader.integer(node, "seeds", in: 1...1000) }
        try readSettings(root)
        try readGates(root)
    }

    // MARK: - Paths

    mutating func readPaths(_ root: YAMLReader.Members) throws {
        let example = "'wifi: {trace: my-walk.wifi.trace.csv}'"
        guard let node = root["paths"] else {
            throw reader.fault(reader.root, "the replay has no paths; add 'paths:' and, below it, \(example)")
        }
        let entries = reader.isEmpty(node) ? [] : try reader.members(of: node, "'paths'", keys: nil).entries
        guard !entries.isEmpty else { throw reader.fault(node, "there are no paths; add one, as in \(example)") }
        guard entries.count <= Self.mostPaths else {
            throw reader.fault(
                entries[Self.mostPaths].keyNode,
                "there are more than \(Self.mostPaths) paths, which is the most that Linux joins; remove some")
        }
        for entry in entries {
            if let objection = PathName.objection(to: entry.key) { throw reader.fault(entry.keyNode, objection) }
            let members = try reader.members(of: entry.value, "path '\(entry.key)'", keys: Self.pathKeys)
            let kind = try members["kind"].map {
                try reader.choice($0, "kind", PathKind.allCases.map { ($0.rawValue, $0) })
            }
            let family = try members["family"].map {
                try reader.choice($0, "family", RunPlan.AddressFamily.allCases.map { ($0.rawValue, $0) })
            }
            let (files, opportunities) = try readSource(entry.key, entry.keyNode, members)
            paths.append(
                Path(
                    name: entry.key, kind: kind, kindNode: members["kind"], family: family ?? .ipv4, files: files,
                    opportunities: opportunities,
                    addressChanges: try readAddressChanges(members), addressChangesNode: members["address_changes"],
                    subflows: try readSubflows(members)))
        }
    }

    private static let pathKeys =
        ["trace", "kind", "family", "address_changes", "subflows", "opportunities"] + opportunityKeys

    private func readSubflows(_ path: YAMLReader.Members) throws -> Int {
        guard let node = path["subflows"] else { return 1 }
        let subflows = try reader.integer(node, "subflows", in: 1...Self.mostSubflowsOfPath)
        let all = paths.map(\.subflows).reduce(subflows, +)
        guard all <= Self.mostPaths else {
            throw reader.fault(
                node, "the paths have \(all) subflows, but Linux joins at most \(Self.mostPaths); set fewer")
        }
        return subflows
    }

    /// The number of addresses that the lab has for the mobile host on a path at a time.
    static let mostSubflowsOfPath = 3

    private func readAddressChanges(_ path: YAMLReader.Members) throws -> [Duration] {
        guard let node = path["address_changes"] else { return [] }
        let times = try reader.list(node, "address_changes", example: "[20s]").map {
            try reader.duration($0, "address_changes", in: .zero...(.seconds(86400)), example: "[20s]")
        }
        guard times.count <= Self.mostAddressChanges, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw reader.fault(
                node,
                "address_changes must be at most \(Self.mostAddressChanges) instants in rising order, as in [20s, 40s]")
        }
        return times
    }

    /// The lab numbers a path's addresses from .2 to .9.
    static let mostAddressChanges = 7

    // MARK: - What is run over them

    mutating func readStrategies(_ root: YAMLReader.Members) throws {
        let names = paths.map(\.name)
        guard let node = root["strategies"] else {
            strategies = StrategyRegistry.standard(over: names)
            return
        }
        let all = StrategyRegistry.all(over: names)
        let choices =
            all.map { ($0.name.description, $0.name) }
            + all.compactMap { strategy in strategy.formerName.map { ($0.description, strategy.name) } }
        for element in try reader.list(node, "strategies", example: "[tcp-\(names[0]), mptcp]") {
            let strategy: StrategyName
            if case .mapping = element {
                let command = try readCommand(element, taken: Set(choices.map(\.0)))
                commands.append(command)
                strategy = command.name
            } else {
                strategy = try reader.choice(element, "strategy", choices)
            }
            guard !strategies.contains(strategy) else {
                throw reader.fault(element, "strategy '\(strategy)' is given twice; remove one of them")
            }
            strategies.append(strategy)
            strategyNodes.append(element)
        }
    }
}
