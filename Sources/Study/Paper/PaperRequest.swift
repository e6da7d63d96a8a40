// SPDX-License-Identifier: Apache-2.0
import Comparison
import Documents
import Kernels
import Quantities
import Replays
import Reports
import Results
import Sweeps
import System
import SystemPackage
import Traces

/// The evaluation of Raiciu, Niculescu, Bagnulo, Handley: *Opportunistic Mobility with Multipath TCP* (MobiArch 2011),
/// repeated on the real stack: its figures and its table on one page, next to its claims.
package struct PaperRequest: Sendable {
    /// The directory that holds fig1.yaml to fig5.yaml, table.yaml and driving.yaml.
    package var directory: FilePath
    package var output: FilePath
    package var quick: Bool
    package var jobs: Int
    package var kernel: KernelChoice
    package var walkbackVersion: String

    package init(
        directory: FilePath, output: FilePath, quick: Bool, jobs: Int, kernel: KernelChoice, walkbackVersion: String
    ) {
        self.directory = directory
        self.output = output
        self.quick = quick
        self.jobs = jobs
        self.kernel = kernel
        self.walkbackVersion = walkbackVersion
    }

    /// The paper's Figure 1 shows a single walk; we repeat that one walk with as many seeds as this.
    private var indoorSeeds: Int { quick ? 2 : 10 }

    /// Runs what has not been run yet.
    ///
    /// - Returns: the path of the page, and the worst exit code of the parts.
    package func run(
        cancellation: Cancellation, say: @escaping @Sendable (String) -> Void
    ) throws -> (page: FilePath, exitCode: ExitCode) {
        var codes: [ExitCode] = []
        // All files are read first, so that a mistake in one of them does not cost an hour.
        let extract = try Sweep.load(file("fig2")).replay(of: 0).traces
        let radios = try Sweep.load(file("fig5")).replay(of: 0).traces
        for name in ["fig3", "fig4", "table", "driving"] { _ = try Sweep.load(file(name), quick: quick) }
        let place = try HeldDirectory.make(output)
        func sweep(_ name: String) throws -> SweepResult {
            say("\(name):")
            // A link in the place of its directory is refused.
            _ = try place.existing(name)
            let request = SweepRequest(
                file: file(name), quick: quick, output: output.appending(name), engine: .kernel, kernel: kernel,
                jobs: jobs, shard: nil, walkbackVersion: walkbackVersion)
            let (result, code) = try request.run(cancellation: cancellation, say: say)
            codes.append(code)
            guard let result else { throw Fault(.failed, "\(name) came to nothing") }
            return result
        }
        let (indoor, code) = try indoor(cancellation: cancellation, say: say)
        codes.append(code)
        let (walking, driving) = (try sweep("fig3"), try sweep("fig4"))
        func errors(_ name: String, _ result: SweepResult) throws -> FluidErrors {
            try FluidErrors(try Sweep.load(file(name), quick: quick), result)
        }
        let results = PaperResults(
            indoor: indoor, extract: extract, walking: walking, driving: driving, radios: radios,
            table: try sweep("table"), schedulers: try sweep("driving"), fluidWalking: try errors("fig3", walking),
            fluidDriving: try errors("fig4", driving), quick: quick, walkback: walkbackVersion)
        let page = output.appending("paper.html")
        try place.replace("paper.html", with: Array(PaperPage.html(of: results).utf8))
        return (page, codes.max { $0.rawValue < $1.rawValue } ?? .success)
    }

    private func file(_ name: String) -> String { directory.appending("\(name).yaml").string }

    /// Takes the result of an earlier run if this run would give the same.
    private func indoor(
        cancellation: Cancellation, say: @escaping @Sendable (String) -> Void
    ) throws -> (ComparisonResult, ExitCode) {
        say("fig1:")
        // The mark stands next to the directory, which holds results alone.
        let mark = "fig1.kernel.sha256"
        let place = try HeldDirectory.make(output)
        _ = try place.existing("fig1")
        let output = output.appending("fig1")
        let request = ComparisonRequest(
            replay: FilePath(file("fig1")), output: output, strategies: nil, seeds: indoorSeeds, jobs: jobs,
            kernel: kernel, walkbackVersion: walkbackVersion)
        let replay = try Replay.load(file("fig1"))
        let kernelSHA256 = try self.kernel.find().sha256()
        if let saved = try? SavedResults(output).walks.first?.saved.result, saved.replay.sha256 == replay.sha256,
            Set(saved.runs.map(\.seed)).count == indoorSeeds, saved.environment.walkback == walkbackVersion,
            try place.read(mark, most: ByteCount(1000)) == Array(kernelSHA256.utf8)
        {
            say("was compared before")
            return (saved, .success)
        }
        let outcome = try request.run(cancellation: cancellation, say: say)
        try place.replace(mark, with: Array(kernelSHA256.utf8))
        let saved = try SavedResults(output)
        return (saved.walks[0].saved.result, outcome.exitCode)
    }
}

/// The results from which the page is made.
struct PaperResults {
    let indoor: ComparisonResult
    let extract: [PathTrace]
    let walking: SweepResult
    let driving: SweepResult
    let radios: [PathTrace]
    let table: SweepResult
    let schedulers: SweepResult
    let fluidWalking: FluidErrors
    let fluidDriving: FluidErrors
    let quick: Bool
    let walkback: String
}
