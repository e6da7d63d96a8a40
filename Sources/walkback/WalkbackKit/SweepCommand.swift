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
        abstract: "Run a grid of replays over parameters of a replay or of a generated walk, strategies and seeds.",
        discussion: """
            Example: walkback sweep Replays/paper/fig3.yaml --quick --output walkback-out/fig3

            The command writes sweep.csv, with a row for each run and bound, and sweep.json, with the ratio of each \
            strategy to Optimal TCP at every point. If a sweep was interrupted, the same command continues it and \
            does not repeat finished cells.

            A sweep can be split into parts and merged. Run the first command below once for each part:

            Example: walkback sweep grid.yaml --shard 1/4 --output part-1
            Example: walkback sweep merge part-* --output whole
            """,
        subcommands: [Grid.self, Merge.self], defaultSubcommand: Grid.self)

    struct Grid: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract:
                "Run the grid. `walkback sweep FILE` is short for `walkback sweep run FILE` and takes the same options."
        )

        @Argument(help: "Sweep, for example Replays/paper/fig3.yaml.")
        var file: String

        @Option(
            help:
                """
                Directory for the results; an interrupted sweep continues in it. \
                (default: walkback-out/NAME, or walkback-out/NAME-fluid for the fluid engine)
                """
        )
        var output: String?

        @Flag(help: "Run the quick form of the sweep, which its file must define.")
        var quick = false

        @Flag(name: .customLong("dry-run"), help: "Print the size of the sweep and how long it may take; run nothing.")
        var dryRun = false

        @Option(help: "Part of the grid to run, as K/N: part K of N.")
        var shard: String?

        @Option(help: "Number of runs at a time. (default: the number of cores)")
        var jobs: Int?

        @Option(
            help:
                "Engine: kernel, the real stack; or fluid, a model of single paths (Documentation/fluid-engine.md)."
        )
        var engine = SweepEngine.Name.kernel

        @Option(help: "Kernel: embedded, host, or the file of an embedded kernel.")
        var kernel = "embedded"

        @OptionGroup(title: "Containment of guests")
        var guests: GuestOptions

        @Option(
            help:
                """
                Number of parts of a Slurm job array to write to OUTPUT/sweep.sbatch. The command prints how to submit \
                the array, and runs nothing.
                """
        )
        var slurm: Int?

        @Flag(help: "Print sweep.json instead of the table.")
        var json = false

        func validate() throws {
            if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
            if let slurm, !(1...10_000).contains(slurm) { throw ValidationError("--slurm must be from 1 to 10000.") }
            if slurm != nil, shard != nil {
                throw ValidationError("--slurm makes the parts itself; leave out --shard.")
            }
        }

        func run() throws {
            let shard = try shard.map(SweepShard.init)
            let name = FilePath(file).stem ?? "sweep"
            let part = (engine == .fluid ? "-fluid" : "") + (shard.map { "-\($0.part)-of-\($0.parts)" } ?? "")
            let request = SweepRequest(
                file: file, quick: quick, output: FilePath(output ?? "walkback-out/\(name)\(part)"), engine: engine,
                kernel: try guests.choice(of: kernel), jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
                shard: shard, walkbackVersion: Walkback.version)
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
            abstract: "Merge the parts of a sweep that were run with --shard.",
            discussion: "Example: walkback sweep merge part-1 part-2 --output whole")

        @Argument(help: "Directories of all parts, as given with --output.")
        var parts: [String]

        @Option(help: "Directory for the merged results.")
        var output: String

        @Flag(help: "Print sweep.json instead of the table.")
        var json = false

        func run() throws {
            let result = try SweepMerge.run(parts.map { FilePath($0) }, output: FilePath(output))
            Walkback.write(json ? result.document : SweepTable.text(of: result), to: 1)
            if result.exitCode != .success { Glibc.exit(result.exitCode.rawValue) }
        }
    }
}

extension SweepEngine.Name: ExpressibleByArgument {}
