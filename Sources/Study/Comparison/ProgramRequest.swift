// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Kernels
import Plans
import Quantities
import Replays
import System
import SystemPackage
import Traces

/// One program under one replay: what `walkback run` does.
package struct ProgramRequest: Sendable {
    package var replay: FilePath
    package var output: FilePath
    /// The command as it would be typed here: a name is looked up in `searchPath`.
    package var command: [String]
    package var serverCommand: String?
    package var environment: [String: String]
    /// Directories in the format of $PATH.
    package var searchPath: String
    package var seed: UInt64
    /// The congestion control that replaces the replay's.
    package var congestionControl: String?
    package var kernel: KernelChoice
    package var walkbackVersion: String

    package init(
        replay: FilePath, output: FilePath, command: [String], serverCommand: String?, environment: [String: String],
        searchPath: String, seed: UInt64, congestionControl: String? = nil, kernel: KernelChoice,
        walkbackVersion: String
    ) {
        self.replay = replay
        self.output = output
        self.command = command
        self.serverCommand = serverCommand
        self.environment = environment
        self.searchPath = searchPath
        self.seed = seed
        self.congestionControl = congestionControl
        self.kernel = kernel
        self.walkbackVersion = walkbackVersion
    }

    /// A limit in real time. It only ends programs that compute forever, and a user notices such a program sooner.
    private static let realTimeLimit = Duration.seconds(24 * 3600)

    /// - Parameters:
    ///   - take: receives what the programs print while they run, on another thread.
    ///   - say: receives notes for the user, a line each.
    /// - Returns: the program's exit status.
    /// - Throws: a `Fault` if there is no exit status.
    package func run(
        cancellation: Cancellation, take: @escaping @Sendable (ProgramOutput, ArraySlice<UInt8>) -> Void,
        say: @escaping @Sendable (String) -> Void
    ) throws -> Int32 {
        guard kernel.name != "host" else {
            throw Fault(
                .usage,
                "programs run under a replay only in the embedded kernel; leave out --kernel host, or name the "
                    + "file of a kernel"
            )
        }
        let directory = try Self.workingDirectory()
        let program = try Program.find(command.first ?? "", in: searchPath, from: directory)
        var replay = try Replay.load(self.replay.string)
        if let congestionControl { try replay.use(congestionControl: congestionControl) }
        for note in replay.notes { say("note: \(note)") }
        let kernel = try self.kernel.find()
        if let note = kernel.containmentNote { say(note) }
        if !replay.demands.isEmpty {
            let offers = try kernel.offers(cancellation: cancellation)
            for demand in replay.demands { try demand.check(against: offers) }
        }
        let output = try OutputDirectory(
            self.output, mark: ProgramDocument.fileName,
            remains: [ProgramOutput.standardOutput.rawValue, ProgramDocument.seriesFileName])
        do {
            // Files that an earlier run left would be taken for this run's.
            for name in [ProgramDocument.fileName] + ProgramOutput.allCases.map(\.rawValue) {
                output.directory.removeFile(name)
            }
            // Elsewhere, since programs may write in the output directory.
            let place = try TemporaryRunDirectory()
            defer { place.remove() }
            let plan = ProgramPlan(
                run: try replay.exactPlan(seed: seed), command: [program] + command.dropFirst(),
                serverCommand: serverCommand, environment: environment, workingDirectory: directory,
                outputDirectory: try Self.realPath(output.path))
            let job = try job(plan, replay.tables(), in: place.held, sharing: output.directory)
            let tail = try OutputTail(ProgramOutput.allCases.map(\.rawValue), in: output.directory) {
                take(ProgramOutput.allCases[$0], $1)
            }
            let end = Result {
                try kernel.run(job, cancellation: cancellation) { line in
                    if case .note(let text) = line { say(text) }
                }
            }
            tail.finish()
            do {
                _ = try end.get()
            } catch {
                throw output.keepLog(of: job.directory, after: error)
            }
            let (record, series) = try Self.results(of: job, plan.run)
            let document = ProgramDocument(
                request: self, plan: plan, replay: replay, kernel: kernel, record: record, series: series)
            for note in document.notes { say(note) }
            try output.publish([
                (ProgramDocument.seriesFileName, Array(document.seriesText.utf8)),
                (ProgramDocument.fileName, Array(document.json.text.utf8)),
            ])
            return record.exitStatus
        } catch {
            output.discardPartial()
            throw error
        }
    }

    private func job(
        _ plan: ProgramPlan, _ tables: [String: LinkTable], in directory: HeldDirectory, sharing shared: HeldDirectory
    ) throws -> GuestJob {
        let guest = try directory.subdirectory(RunDirectory.guest)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try guest.write(Array(try encoder.encode(plan)), to: ProgramPlan.fileName)
        var size = Int64(0)
        for (name, table) in tables {
            let bytes = table.encoded()
            size += Int64(bytes.count)
            try guest.write(bytes, to: name)
        }
        return GuestJob(
            id: "run", directory: directory, shared: shared, seed: seed,
            memory: max(Guest.standardMemory, ByteCount(512_000_000 + size * 2)), realTimeLimit: Self.realTimeLimit)
    }

    /// What programs may take to end after the walk has.
    private static let longestEnd = Duration.seconds(60)

    private static func results(of job: GuestJob, _ plan: RunPlan) throws -> (ProgramRecord, Series) {
        let span = plan.duration + longestEnd
        guard let record = try job.document(ProgramRecord.self, ProgramRecord.fileName),
            let seriesBytes = try job.series(most: Series.largest(of: plan, span: span))
        else { throw Fault(.failed, "the run left no complete record; run it again") }
        try record.run.check(against: plan, span: span)
        guard [record.duration, record.serverEnded ?? .zero].allSatisfy({ $0 >= .seconds(-60) && $0 <= span }) else {
            throw Fault(.failed, "the run handed over times that it cannot have measured; run it again")
        }
        let links = record.run.links.compactMap { link in
            Direction(rawValue: link.direction).map { (path: link.path, direction: $0) }
        }
        guard let series = Series(seriesBytes, links: links) else {
            throw Fault(.failed, "the run left no complete series; run it again")
        }
        return (record, series)
    }

    private static func workingDirectory() throws -> String {
        guard let directory = getcwd(nil, 0) else {
            throw Fault(
                .failed, "cannot find the current directory: \(Errno(rawValue: errno)); start in another directory")
        }
        defer { free(directory) }
        return String(cString: directory)
    }

    private static func realPath(_ path: FilePath) throws -> String {
        guard let real = realpath(path.string, nil) else {
            throw Fault(.failed, "cannot find \(path): \(Errno(rawValue: errno))")
        }
        defer { free(real) }
        return String(cString: real)
    }
}

extension Replay {
    /// The walk from its beginning and with its own delays, for a program whose measurements are to be compared
    /// with the traces.
    func exactPlan(seed: UInt64) throws -> RunPlan {
        var plan = try plan(strategy: .mptcp, seed: seed)
        plan.id = "run"
        plan.offset = .zero
        let bin = Series.binWidth.wholeNanoseconds
        plan.duration = .nanoseconds(duration.wholeNanoseconds / bin * bin)
        for index in plan.paths.indices {
            // The delays in the tables lie this much below the trace's.
            plan.paths[index].downJitter = Self.jitterSpan / 2
            plan.paths[index].upJitter = Self.jitterSpan / 2
        }
        return plan
    }
}
