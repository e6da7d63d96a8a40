// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Quantities
import Settings
import Strategies
import System
import TraceFormats
import Traces

/// What is replayed, and how: a `NAME.yaml` with the traces that it names. They are read, checked and cut to the same
/// length.
package struct Replay: Sendable, Equatable {
    package struct Path: Sendable, Equatable {
        package var name: String
        package var kind: PathKind
        package var family: RunPlan.AddressFamily
        /// File names as in the replay, relative to the replay's directory: one trace, or opportunity files.
        package var files: [String]
        /// The path's trace, cut to the replay's duration. It has the name that the path has here, whatever its file
        /// calls it.
        package var trace: PathTrace
        /// When the path's address becomes another one.
        package var addressChanges: [Duration]
        /// The number of MPTCP subflows, each from its own address. All of them share the path's links.
        package var subflows: Int

        package init(
            name: String, kind: PathKind, family: RunPlan.AddressFamily = .ipv4, files: [String], trace: PathTrace,
            addressChanges: [Duration] = [], subflows: Int = 1
        ) {
            self.name = name
            self.kind = kind
            self.family = family
            self.files = files
            self.trace = trace
            self.addressChanges = addressChanges
            self.subflows = subflows
        }
    }

    package var name: String
    /// The paths, in the order of the file; at least one.
    package var paths: [Path]
    package var workload: Workload
    package var strategies: [StrategyName]
    /// The strategies that programs decide, and the directory from which their programs are named.
    package var namedCommands: [NamedCommand] = []
    package var directory = ""
    /// What is known of these programs once the user has allowed them (`findCommands`).
    package var commands: [StrategyName: StrategyCommand] = [:]
    /// The number of runs of each strategy, with seeds from 1 to this.
    package var seeds: Int
    package var settings: ReplaySettings
    /// Names in the settings that only the kernel can check.
    package var demands: [KernelDemand]
    package var gates: [Gate]
    /// The gates on single runs.
    package var runGates: [RunGate]
    /// The duration of every path's trace.
    package var duration: Duration
    /// SHA-256, in hexadecimal, of the replay's bytes followed by those of each trace in the order of the paths: what
    /// `cat REPLAY TRACE… | sha256sum` prints.
    package var sha256: String
    /// SHA-256 of what is replayed and what is asked of it, which is the paths, traces and workload, without the other
    /// settings. Results of two replays with the same value can be compared.
    package var walkSHA256: String
    /// What was changed or looks odd, as sentences for the user.
    package var notes: [String]

    package var seedValues: [UInt64] { (1...UInt64(max(1, seeds))).map { $0 } }
    package var traces: [PathTrace] { paths.map(\.trace) }

    /// The shortest allowed duration. A seed removes up to a second, and something must remain to be measured.
    static let shortestDuration = Duration.seconds(2)

    /// Reads a replay and the traces next to it.
    ///
    /// - Throws: `Fault` (bad input) as `path:line:column: message`.
    package static func load(_ path: String) throws -> Replay {
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        var replay = try parse(InputFile.read(path, largest: YAMLReader.largest)) { name in
            try InputFile.read(name.hasPrefix("/") ? name : directory + name)
        }
        replay.directory = directory
        return replay
    }

    /// Parses a replay whose bytes have already been read.
    ///
    /// - Parameters:
    ///   - made: traces that are not in files, by the name that the replay uses for them; their sources distinguish
    ///     them.
    ///   - trace: returns the file of any other trace by its name.
    package static func parse(
        _ file: InputFile, made: [String: PathTrace] = [:], trace: (String) throws -> InputFile
    ) throws -> Replay {
        let document = try ReplayDocument(file)
        var hash = SHA256()
        var walkHash = SHA256()
        hash.update(file.bytes)
        walkHash.update(Array("\(document.workload.kind.digestWords)\n".utf8))
        var paths: [Path] = []
        var memory = WalkMemory()
        for entry in document.paths {
            let changes = entry.addressChanges.map { "\($0.wholeNanoseconds)" }.joined(separator: " ")
            walkHash.update(Array("\(entry.name) \(entry.family.rawValue) \(entry.subflows) \(changes)\n".utf8))
            if let settings = entry.opportunities { walkHash.update(Array("\(settings.words)\n".utf8)) }
            var read: PathTrace?
            var opportunities: [Opportunities] = []
            // One file after the other is read and parsed, so that only one is in memory.
            for (name, node) in entry.files {
                let file: InputFile
                do {
                    file = try made[name].map { InputFile(path: name, bytes: Array($0.source.utf8)) } ?? trace(name)
                } catch let fault as Fault {
                    // Report the place in the replay that names the trace, because the mistake is more often there than
                    // on the disk.
                    throw Fault(fault.code, document.reader.fault(node, "trace \(fault.message)").message)
                }
                hash.update(file.bytes)
                walkHash.update(file.bytes)
                if made[name] != nil { continue }
                if entry.opportunities == nil {
                    try memory.admit(file, as: TraceFile())
                    read = try TraceFile.parse(file)
                } else {
                    try memory.admit(file, as: MahimahiFormat())
                    opportunities.append(try MahimahiFormat.parse(file))
                }
            }
            var trace: PathTrace
            if let made = made[entry.files[0].name] ?? read {
                trace = made
                read = nil
                try memory.admitCurves(of: trace, entry.files[0].name)
            } else {
                trace = try entry.trace(
                    opportunities, entry.opportunities ?? OpportunitySettings(), document.reader, &memory)
            }
            if let kind = entry.kind, kind != trace.kind {
                throw document.reader.fault(
                    entry.kindNode,
                    "path '\(entry.name)' is of kind '\(kind.rawValue)' here, but of kind '\(trace.kind.rawValue)' in "
                        + "\(entry.files[0].name); write the same kind in both places, or leave out 'kind' here")
            }
            trace.name = entry.name
            paths.append(
                Path(
                    name: entry.name, kind: trace.kind, family: entry.family, files: entry.files.map(\.name),
                    trace: trace,
                    addressChanges: entry.addressChanges, subflows: entry.subflows))
        }
        for (strategy, node) in zip(document.strategies, document.strategyNodes)
        where !document.commands.contains(where: { $0.name == strategy }) {
            if let objection = try StrategyRegistry.strategy(strategy, over: paths.map(\.name))
                .objection(to: paths.map(\.kind))
            {
                throw document.reader.fault(node, "strategy '\(strategy)' \(objection)")
            }
        }
        let duration = paths.map(\.trace.duration).min() ?? .zero
        for entry in document.paths {
            if let last = entry.addressChanges.last, last >= duration {
                throw document.reader.fault(
                    entry.addressChangesNode,
                    "path '\(entry.name)' changes its address at \(last.seconds.text()) s, but the replay ends at "
                        + "\(duration.seconds.text()) s; remove the change")
            }
        }
        let notes = try cut(&paths, to: duration, document)
        return Replay(
            name: document.name, paths: paths, workload: document.workload, strategies: document.strategies,
            namedCommands: document.commands, seeds: document.seeds, settings: document.settings,
            demands: document.demands, gates: document.gates,
            runGates: document.runGates, duration: duration, sha256: hash.hexadecimal(),
            walkSHA256: walkHash.hexadecimal(), notes: notes)
    }

    /// Cuts every path to the shortest one and returns notes on what was lost.
    private static func cut(_ paths: inout [Path], to duration: Duration, _ document: ReplayDocument) throws -> [String]
    {
        guard duration >= shortestDuration else {
            throw Fault.input(
                document.reader.path,
                "the shortest path lasts only \(duration.seconds.text()) s; give every path at least "
                    + "\(shortestDuration.seconds.text()) s")
        }
        var notes: [String] = []
        var carries = false
        for index in paths.indices {
            let (name, length) = (paths[index].name, paths[index].trace.duration)
            if length > duration {
                notes.append(
                    "path '\(name)' was shortened from \(length.seconds.text()) s to "
                        + "\(duration.seconds.text()) s, the length of the shortest path")
                paths[index].trace.shorten(to: duration)
            }
            if paths[index].trace.curve(.down).total == .zero {
                notes.append("path '\(name)' carries nothing downlink in the whole walk")
            } else {
                carries = true
            }
        }
        guard carries else {
            throw Fault.input(
                document.reader.path,
                "no path carries anything downlink in the \(duration.seconds.text()) s of the shortest path; "
                    + "name other traces")
        }
        return notes
    }
}
