// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Documents
import Glibc
import System
import SystemPackage

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a replay under every strategy and compare MPTCP with Optimal TCP.",
        discussion: """
            Example: walkback compare Replays/indoor-walk.yaml --output walkback-out/indoor-walk

            The command runs every strategy with every seed, each run on its own kernel. It prints a table and writes \
            comparison.json, series.csv, links.csv, delays.csv, report.html, every figure, summary.md, junit.xml and \
            run.log. The same replay, seeds and kernel give the same bytes in every file except run.log, which holds \
            what depends on real time.

            Several replays, or a directory of replays, are compared one after the other and then together: \
            walks.json, walks.md and walks.html hold the mean over the walks with its confidence interval.

            Example: walkback compare Replays/ --seeds 3 --output walkback-out/all

            Several congestion controls are compared one after the other. A last table shows them side by side.

            Example: walkback compare Replays/indoor-walk.yaml --congestion-control lia,olia,reno,cubic
            """)

    @Argument(
        help: """
            Replays, for example Replays/indoor-walk.yaml. A directory stands for its replay.yaml or, if it has none, \
            for all its *.yaml files.
            """)
    var replays: [String]

    @Option(
        help: ArgumentHelp(
            "Directory for the results; with several replays, it holds one directory for each.",
            discussion:
                "The default is walkback-out/NAME. NAME is the name of the replay's file, or of the directory "
                + "of a replay.yaml."
        ))
    var output: String?

    @Option(help: "Strategies to run instead of the replay's, separated by commas.")
    var strategies: String?

    @Option(help: "Number of seeds, instead of the replay's: seeds 1 to N are run.")
    var seeds: Int?

    @Option(help: "Congestion control of both hosts, instead of the replay's; separate several with commas.")
    var congestionControl: String?

    @Option(
        help: ArgumentHelp(
            "Value of a setting, instead of the replay's, for example transport.send_buffer=3MB; may be repeated.",
            discussion: "Documentation/formats.md lists the settings. comparison.json records them all.",
            valueName: "key=value"))
    var set: [String] = []

    @Option(help: "Number of runs at a time. (default: the number of cores)")
    var jobs: Int?

    @Option(
        help: "Kernel: embedded, host, or the file of an embedded kernel; if repeated, each is compared separately.")
    var kernel: [String] = []

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    @Flag(help: "Run the programs that decide a replay's own strategies (Documentation/strategies.md).")
    var allowCommands = false

    @Flag(help: "Print comparison.json, or walks.json for several replays, instead of the tables.")
    var json = false

    func validate() throws {
        if replays.isEmpty {
            throw ValidationError("Name a replay, for example: walkback compare Replays/indoor-walk.yaml")
        }
        if let seeds, !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
        for (option, list) in [("strategies", strategies), ("congestion-control", congestionControl)] {
            let names = list?.split(separator: ",", omittingEmptySubsequences: false) ?? []
            if names.contains("") {
                throw ValidationError("--\(option) '\(list ?? "")' has an empty name; write it like a,b.")
            }
        }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    }

    func run() throws {
        let replays = try ReplaySet(self.replays)
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let say: @Sendable (String) -> Void = { Walkback.print(standardError: $0) }
        var codes: [Documents.ExitCode] = []
        for kernelName in kernel.isEmpty ? ["embedded"] : kernel {
            var base = output.map { FilePath($0) } ?? "walkback-out"
            if output == nil, replays.entries.count == 1 { base.append(replays.entries[0].name) }
            if kernel.count > 1 { base.append(FilePath(kernelName).removingRootAndSlashes) }
            let request = ComparisonRequest(
                replay: replays.entries[0].replay, output: base,
                strategies: strategies?.split(separator: ",").map(String.init), seeds: seeds,
                settings: set, jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
                kernel: try guests.choice(of: kernelName), allowsCommands: allowCommands,
                walkbackVersion: Walkback.version)
            let controls = ControlsRequest(
                replays: replays, each: request,
                controls: congestionControl?.split(separator: ",").map(String.init) ?? [])
            let code = try controls.run(cancellation: cancellation, say: say, json: json) { Walkback.write($0, to: 1) }
            codes.append(code)
        }
        let worst = WalksRequest.worst(of: codes)
        if worst != .success { Glibc.exit(worst.rawValue) }
    }
}

extension FilePath {
    /// The path of a kernel, turned into a single directory name.
    fileprivate var removingRootAndSlashes: String {
        String(string.split(separator: "/").joined(separator: "-"))
    }
}
