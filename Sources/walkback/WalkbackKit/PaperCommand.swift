// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Documents
import Glibc
import Paper
import System
import SystemPackage

struct PaperCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paper",
        abstract:
            "Run the evaluation of the paper again that Walkback comes from: its figures and its table on one page.",
        discussion: """
            Example: walkback paper Replays/paper --quick --output walkback-out/paper

            Raiciu, Niculescu, Bagnulo, Handley: Opportunistic Mobility with Multipath TCP (MobiArch 2011). A run that \
            was ended goes on where it was.
            """)

    @Argument(help: "The directory of the paper's replays and sweeps, Replays/paper.")
    var directory: String

    @Option(help: "Where the results and paper.html go.")
    var output: String = "walkback-out/paper"

    @Flag(help: "Few and short walks: minutes in place of hours.")
    var quick = false

    @Option(help: "Runs at a time. (default: the machine's cores)")
    var jobs: Int?

    @Option(help: "embedded, host or the file of an embedded kernel.")
    var kernel = "embedded"

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let request = PaperRequest(
            directory: FilePath(directory), output: FilePath(output), quick: quick,
            jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), kernel: kernel, walkbackVersion: Walkback.version)
        let (page, code) = try request.run(cancellation: cancellation) { Walkback.print(standardError: $0) }
        Walkback.write("\(page)\n", to: 1)
        if code != .success { Glibc.exit(code.rawValue) }
    }
}
