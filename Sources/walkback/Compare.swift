import ArgumentParser
import Comparison
import Glibc
import Kernels
import SystemPackage
import Units

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a replay under every strategy and compare MPTCP with Optimal TCP.",
        discussion: """
            Example: walkback compare Replays/indoor-walk.yaml --output walkback-out/indoor-walk

            Runs every strategy with every seed on a kernel of its own, prints a table, and writes comparison.json, \
            series.csv, report.html, figure1.svg, summary.md and run.log. The same replay, seeds and kernel give the same \
            bytes, but for run.log, which holds what depends on real time.
            """)

    @Argument(help: "The replay, as Replays/indoor-walk.yaml. Several are compared one after the other.")
    var replays: [String]

    @Option(
        help: "Where the results go; with several replays, one directory each below it. (default: walkback-out/NAME)")
    var output: String?

    @Option(help: "Strategies in place of the replay's, separated by commas.")
    var strategies: String?

    @Option(help: "Seeds 1 to N in place of the replay's.")
    var seeds: Int?

    @Option(help: "Runs at a time. (default: the machine's cores)")
    var jobs: Int?

    @Option(help: "embedded, host or the file of an embedded kernel; given several times, each is compared on its own.")
    var kernel: [String] = []

    @Flag(help: "Print comparison.json in place of the table.")
    var json = false

    func validate() throws {
        if replays.isEmpty { throw ValidationError("Name a replay, as in: walkback compare Replays/indoor-walk.yaml") }
        if let seeds, !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        var worst = Units.ExitCode.success
        for replay in replays {
            for kernelName in kernel.isEmpty ? ["embedded"] : kernel {
                let request = ComparisonRequest(
                    replay: FilePath(replay), output: outputPath(replay: replay, kernel: kernelName),
                    strategies: strategies?.split(separator: ",").map(String.init), seeds: seeds,
                    jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), kernel: kernelName,
                    walkbackVersion: Walkback.version)
                let outcome = try request.run(cancellation: cancellation) { Walkback.print(standardError: $0) }
                Walkback.write(json ? outcome.json : outcome.table, to: 1)
                if worst == .success { worst = outcome.exitCode }
            }
        }
        if worst != .success { Glibc.exit(worst.rawValue) }
    }

    private func outputPath(replay: String, kernel kernelName: String) -> FilePath {
        let stem = FilePath(replay).stem ?? "replay"
        var path = output.map { FilePath($0) } ?? FilePath("walkback-out").appending(stem)
        if output != nil, replays.count > 1 { path.append(stem) }
        if kernel.count > 1 { path.append(FilePath(kernelName).removingRootAndSlashes) }
        return path
    }
}

extension FilePath {
    /// A kernel's path as one directory name.
    fileprivate var removingRootAndSlashes: String {
        String(string.split(separator: "/").joined(separator: "-"))
    }
}
