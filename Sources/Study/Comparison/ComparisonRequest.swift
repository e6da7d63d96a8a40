// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Energy
import Glibc
import Kernels
import Replays
import Reports
import Results
import Plans
import Strategies
import System
import SystemPackage
import Verification

/// One replay under all its strategies and seeds on one kernel: what `walkback compare` does.
package struct ComparisonRequest: Sendable {
    package var replay: FilePath
    package var output: FilePath
    /// Strategies that replace the replay's.
    package var strategies: [String]?
    /// N for seeds 1 to N, which replace the replay's seeds.
    package var seeds: Int?
    /// The congestion control that replaces the replay's.
    package var congestionControl: String?
    /// Settings that replace the replay's, each as `transport.send_buffer=3MB`.
    package var settings: [String]
    /// The number of runs at a time.
    package var jobs: Int
    package var kernel: KernelChoice
    /// Whether the replay's own commands may run in guests.
    package var allowsCommands: Bool
    package var walkbackVersion: String

    package init(
        replay: FilePath, output: FilePath, strategies: [String]?, seeds: Int?, congestionControl: String? = nil,
        settings: [String] = [], jobs: Int, kernel: KernelChoice, allowsCommands: Bool = false,
        walkbackVersion: String
    ) {
        self.replay = replay
        self.output = output
        self.strategies = strategies
        self.seeds = seeds
        self.congestionControl = congestionControl
        self.settings = settings
        self.jobs = jobs
        self.kernel = kernel
        self.allowsCommands = allowsCommands
        self.walkbackVersion = walkbackVersion
    }

    package struct Outcome: Sendable {
        package let table: String
        package let json: String
        package let exitCode: ExitCode
        /// This comparison's row in a table of several comparisons.
        let row: SideBySide.Row
        /// The part of this result that the result of several walks needs.
        private let walk: WalksResult.Walk
        let kernelRelease: String

        /// - Parameter control: the congestion control that was asked for.
        init(_ result: ComparisonResult, control: String, table: String, json: String, exitCode: ExitCode) {
            self.table = table
            self.json = json
            self.exitCode = exitCode
            kernelRelease = result.environment.kernelRelease
            row = SideBySide.Row(control, result)
            walk = WalksResult.Walk(result, directory: "")
        }

        func walk(directory: String) -> WalksResult.Walk {
            var walk = walk
            walk.directory = directory
            return walk
        }
    }

    /// The replay, with the values that this request replaces.
    func load() throws -> Replay {
        var replay = try Replay.load(self.replay.string)
        if let seeds { replay.seeds = seeds }
        for assignment in settings { try replay.use(assignment) }
        if let congestionControl { try replay.use(congestionControl: congestionControl) }
        if let strategies {
            let names = replay.paths.map(\.name)
            let commands = replay.namedCommands.map(\.name)
            replay.strategies = try strategies.map { name in
                if let command = commands.first(where: { $0.description == name }) { return command }
                guard let strategy = StrategyRegistry.find(name, over: names) else {
                    let ending = Suggestion.ending(
                        for: name, among: (StrategyRegistry.all(over: names).map(\.name) + commands).map(\.description))
                    throw Fault(
                        .usage, "--strategies names '\(name)', which is not a strategy for these paths\(ending)")
                }
                if let objection = strategy.objection(to: replay.paths.map(\.kind)) {
                    throw Fault(.usage, "--strategies: '\(name)' \(objection)")
                }
                return strategy.name
            }
        }
        replay.namedCommands.removeAll { !replay.strategies.contains($0.name) }
        try replay.findCommands(isAllowed: allowsCommands, searchPath: Self.searchPath)
        return replay
    }

    private static var searchPath: String { getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin" }

    /// - Parameter say: receives notes for the user, a line each.
    /// - Throws: a `Fault` for whatever kept the comparison from being complete; nothing is left behind then.
    package func run(cancellation: Cancellation, say: @escaping @Sendable (String) -> Void) throws -> Outcome {
        let replay = try load()
        for note in replay.notes { say("note: \(note)") }
        let kernel = try self.kernel.find()
        if let note = kernel.containmentNote { say("note: \(note)") }
        guard replay.commands.isEmpty || kernel.isVirtual else {
            throw Fault(
                .usage, "strategies that programs decide run only in the embedded kernel; leave out --kernel host")
        }
        let output = try OutputDirectory(self.output)
        do {
            let runs = try PlannedRuns(replay)
            let display = ProgressDisplay(runs: runs.distinct.count, runDuration: replay.duration)
            defer { display.end() }
            let finished = try runs.execute(
                on: kernel, jobs: kernel.isVirtual ? jobs : 1, in: output, cancellation: cancellation,
                progress: display.take)
            var measured = try ComparisonResult(
                replay: replay, kernel: kernel, runs: finished, walkbackVersion: walkbackVersion, command: command)
            let counters = Set(finished.flatMap(\.record.counterNames))
            measured.gates = replay.verdicts(on: measured, counters: counters)
            let saved = try SavedComparison(measured)
            let result = saved.result
            try output.publish(
                [
                    (SavedComparison.documentName, saved.document), (SavedComparison.seriesName, saved.series),
                    (SavedComparison.linksName, saved.links), (SavedComparison.delaysName, saved.delays),
                    ("run.log", Array(RunLog.text(display: display, kernel: kernel, jobs: jobs).utf8)),
                ] + saved.report, removing: ["check.md"] + FigureFiles.fileNames)
            let (notes, exitCode) = Judgement.of(result)
            notes.forEach(say)
            let table = ComparisonTable.text(of: result)
            let json = String(decoding: saved.document, as: UTF8.self)
            return Outcome(
                result, control: replay.settings.transport.congestionControl, table: table, json: json,
                exitCode: exitCode)
        } catch {
            output.discardPartial()
            throw error
        }
    }

    /// The command that repeats this comparison. The output directory and the number of runs at a time do not change
    /// the results, so they are left out, and so is the replay's directory.
    private var command: String {
        (["walkback compare", self.replay.lastComponent?.string ?? self.replay.string] + options).joined(separator: " ")
    }

    /// The options that change results.
    var options: [String] {
        var words: [String] = []
        if let strategies { words.append("--strategies \(strategies.joined(separator: ","))") }
        if let seeds { words.append("--seeds \(seeds)") }
        if let congestionControl { words.append("--congestion-control \(congestionControl)") }
        words += settings.map { "--set \($0)" }
        if allowsCommands { words.append("--allow-commands") }
        if kernel.name != "embedded" {
            words.append("--kernel \(FilePath(kernel.name).lastComponent?.string ?? kernel.name)")
        }
        return words
    }
}
