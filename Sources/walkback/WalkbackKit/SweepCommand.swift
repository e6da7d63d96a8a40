// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Glibc
import Sweeps
import System
import SystemPackage

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run a grid of replays: any parameter of a replay or of a generated walk, by strategies and seeds.",
        discussion: """
            Example: walkback sweep Replays/paper/fig3.yaml --quick --output walkback-out/fig3

            Writes sweep.csv, a row for each run and bound, and sweep.json, with each strategy's share of Optimal TCP \
            at every point. A sweep that was ended goes on where it was; finished cells are not run again.

            Example: walkback sweep grid.yaml --shard 1/4 --output part-1, and so on, then: walkback sweep merge \
            part-* --output whole
            """,
        subcommands: [Grid.self, Merge.self], defaultSubcommand: Grid.self)

    struct Grid: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Run the grid: `walkback sweep FILE` is `walkback sweep run FILE`, and has its options.")

        @Argument(help: "The sweep, as Replays/paper/fig3.yaml.")
        var file: String

        @Option(
            help:
                """
                Where the results go, and where an ended sweep goes on. \
                (default: walkback-out/NAME, of the fluid engine walkback-out/NAME-fluid)
                """
        )
        var output: String?

        @Flag(help: "The sweep's quick form, where its file has one.")
        var quick = false

        @Flag(name: .customLong("dry-run"), help: "Say how much there is to run and how long it may take; run nothing.")
        var dryRun = false

        @Option(help: "Part K of N of the grid, as K/N.")
        var shard: String?

        @Option(help: "Runs at a time. (default: the machine's cores)")
        var jobs: Int?

        @Option(
            help:
                "kernel: the real stack; fluid: a model for single paths (Documentation/fluid-engine.md)."
        )
        var engine = SweepEngine.Name.kernel

        @Option(help: "embedded, host or the file of an embedded kernel.")
        var kernel = "embedded"

        @Option(
            help:
                "Run nothing; write a Slurm job array of so many parts to OUTPUT/sweep.sbatch and say how to submit it."
        )
        var slurm: Int?

        @Flag(help: "Print sweep.json in place of the table.")
        var json = false

        func validate() throws {
            if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
            if let slurm, !(1...10_000).contains(slurm) { throw ValidationError("--slurm must be from 1 to 10000.") }
            if slurm != nil, shard != nil { throw ValidationError("--slurm makes parts itself: leave --shard out.") }
        }

        func run() throws {
            let shard = try shard.map(SweepShard.init)
            let name = FilePath(file).stem ?? "sweep"
            let part = (engine == .fluid ? "-fluid" : "") + (shard.map { "-\($0.part)-of-\($0.parts)" } ?? "")
            let request = SweepRequest(
                file: file, quick: quick, output: FilePath(output ?? "walkback-out/\(name)\(part)"), engine: engine,
                kernel: kernel, jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), shard: shard,
                walkbackVersion: Walkback.version)
            guard !dryRun else {
                Walkback.write("\(try request.dryRun())\n", to: 1)
                return
            }
            if let slurm {
                let options =
                    (quick ? ["--quick"] : []) + (engine == .kernel ? [] : ["--engine", engine.rawValue])
                    + (kernel == "embedded" ? [] : ["--kernel", kernel])
                // The request is read first, so that a mistake in it shows before a job waits in a queue.
                Walkback.print(standardError: try request.dryRun())
                Walkback.write(
                    try SlurmScript.write(
                        file, program: CommandLine.arguments[0], options: options, parts: slurm, jobs: request.jobs,
                        output: request.output), to: 1)
                return
            }
            let cancellation = try Cancellation()
            try Interruption.cancel(cancellation)
            let (result, code) = try request.run(cancellation: cancellation) { Walkback.print(standardError: $0) }
            if let result { Walkback.write(json ? result.document : SweepTable.text(of: result), to: 1) }
            if code != .success { Glibc.exit(code.rawValue) }
        }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the parts of a sweep together that were run with --shard.",
            discussion: "Example: walkback sweep merge part-1 part-2 --output whole")

        @Argument(help: "The --output of every part.")
        var parts: [String]

        @Option(help: "Where the whole goes.")
        var output: String

        @Flag(help: "Print sweep.json in place of the table.")
        var json = false

        func run() throws {
            let result = try SweepMerge.run(parts.map { FilePath($0) }, output: FilePath(output))
            Walkback.write(json ? result.document : SweepTable.text(of: result), to: 1)
            if result.exitCode != .success { Glibc.exit(result.exitCode.rawValue) }
        }
    }
}

extension SweepEngine.Name: ExpressibleByArgument {}
