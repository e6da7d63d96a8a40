// SPDX-License-Identifier: Apache-2.0
import Comparison
import Determinism
import Documents
import Kernels
import System
import SystemPackage

/// A grid of replays on one engine: what `walkback sweep` does.
package struct SweepRequest: Sendable {
    package var file: String
    package var quick: Bool
    package var output: FilePath
    package var engine: SweepEngine.Name
    /// The kernel for that engine: `embedded`, `host` or the path of a file.
    package var kernel: KernelChoice
    /// The number of runs at a time.
    package var jobs: Int
    package var shard: SweepShard?
    package var walkbackVersion: String

    package init(
        file: String, quick: Bool, output: FilePath, engine: SweepEngine.Name, kernel: KernelChoice, jobs: Int,
        shard: SweepShard?,
        walkbackVersion: String
    ) {
        self.file = file
        self.quick = quick
        self.output = output
        self.engine = engine
        self.kernel = kernel
        self.jobs = jobs
        self.shard = shard
        self.walkbackVersion = walkbackVersion
    }

    /// How much there is to do, as a sentence; nothing is run.
    package func dryRun() throws -> String {
        let sweep = try Sweep.load(file, quick: quick)
        return try size(of: sweep, cells(of: sweep)).text
    }

    private func size(of sweep: Sweep, _ cells: [Int]) throws -> SweepSize {
        guard engine == .kernel, cells.count <= SweepSize.mostCompared else {
            return try SweepSize(counting: cells, sweep, engine, jobs: jobs)
        }
        return SweepSize(try SweepRuns(sweep, cells: cells), sweep, jobs: jobs)
    }

    private func cells(of sweep: Sweep) -> [Int] {
        Array(shard?.cells(of: sweep.cellCount) ?? 0..<sweep.cellCount)
    }

    /// Runs what is not finished yet.
    ///
    /// - Parameter say: receives notes for the user, a line each.
    /// - Returns: nil if this was a part of the grid, which `SweepMerge` merges with the others.
    /// - Throws: a `Fault` for whatever kept the sweep from continuing; finished cells stay.
    package func run(
        cancellation: Cancellation, say: @escaping @Sendable (String) -> Void
    ) throws -> (result: SweepResult?, exitCode: ExitCode) {
        let sweep = try Sweep.load(file, quick: quick)
        let engine = try SweepEngine(self.engine, kernel: self.kernel)
        if self.engine == .fluid { try FluidExecution.check(sweep) }
        let identity = try identity(of: sweep, engine)
        let output = try OutputDirectory(
            self.output, mark: SweepResult.documentName, remains: [SweepCells.directoryName])
        defer { output.discardPartial() }
        let directory = try output.directory.subdirectory(SweepCells.directoryName)
        try refuseOther(identity, in: directory)
        let cells = SweepCells(directory, key: identity.key)
        try directory.replace(SweepIdentity.fileName, with: identity.document)
        // Runs that failed before are run again.
        output.directory.remove(SweepExecution.failedName)
        let wanted = self.cells(of: sweep)
        let unfinished = try wanted.filter { try cells.read($0) == nil }
        if unfinished.count < wanted.count { say("\(wanted.count - unfinished.count) cells are already finished") }
        if self.engine == .fluid || unfinished.count > SweepSize.mostCompared {
            say(try size(of: sweep, unfinished).text)
        }
        let outcome: SweepOutcome
        switch engine {
        case .kernel(let kernel):
            if let note = kernel.containmentNote { say("note: \(note)") }
            let runs = try SweepRuns(sweep, cells: unfinished)
            say(SweepSize(runs, sweep, jobs: jobs).text)
            try kernel.check(runs.demands, cancellation: cancellation)
            let execution = try SweepExecution(
                sweep: sweep, runs: runs, kernel: kernel, cells: cells, walkbackVersion: walkbackVersion,
                directory: output.makeWorkDirectory("runs"), output: output.directory)
            outcome = try execution.run(jobs: kernel.isVirtual ? jobs : 1, cancellation: cancellation)
        case .fluid:
            outcome = try FluidExecution(sweep: sweep, cells: cells).run(
                unfinished, jobs: jobs, cancellation: cancellation)
        }
        for failure in outcome.failures { say("failed: \(failure)") }
        if !outcome.failures.isEmpty {
            say(
                "walkback: \(outcome.failures.count) of \(wanted.count) cells failed; the same command repeats only "
                    + "those")
        }
        guard shard == nil else {
            say(
                "part \(shard?.text ?? "") is finished; merge all parts with: walkback sweep merge DIR… "
                    + "--output WHOLE"
            )
            return (nil, outcome.failures.isEmpty ? .success : .failed)
        }
        let result = SweepResult(
            identity: identity,
            rows: try wanted.map { index in
                try cells.read(index) ?? outcome.failedRows[index] ?? []
            })
        try output.publish(result.files, removing: SweepResult.figureNames)
        return (result, outcome.failures.isEmpty ? result.exitCode : .failed)
    }

    /// Refuses to overwrite finished cells of another sweep: they are never deleted without being asked.
    private func refuseOther(_ identity: SweepIdentity, in directory: HeldDirectory) throws {
        guard let bytes = try directory.read(SweepIdentity.fileName, most: SweepIdentity.largest),
            let difference = SweepIdentity(bytes).map(identity.difference) ?? "their origin is not known"
        else { return }
        throw Fault(
            .failed,
            "\(output) holds cells of another sweep (\(difference)); name another directory with --output, or remove "
                + "this one")
    }

    private func identity(of sweep: Sweep, _ engine: SweepEngine) throws -> SweepIdentity {
        var words = ["walkback sweep", FilePath(file).lastComponent?.string ?? file]
        if quick { words.append("--quick") }
        if engine.name != .kernel { words.append("--engine \(engine.name.rawValue)") }
        if engine.name == .kernel, self.kernel.name != "embedded" {
            words.append("--kernel \(FilePath(self.kernel.name).lastComponent?.string ?? self.kernel.name)")
        }
        return SweepIdentity(
            name: sweep.name, sha256: sweep.sha256, definition: sweep.definition, engine: engine.name.rawValue,
            walkback: walkbackVersion,
            kernelRelease: engine.release, kernelPatches: engine.patches,
            kernelSHA256: try engine.kernelSHA256(), command: words.joined(separator: " "),
            columns: sweep.dimensions.map(\.column), values: sweep.dimensions.map(\.values),
            isWalk: sweep.dimensions.map(\.isWalk))
    }
}
