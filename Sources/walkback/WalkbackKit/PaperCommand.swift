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
            "Repeat the evaluation of the paper that Walkback comes from: its figures and its table on one page.",
        discussion: """
            Example: walkback paper Replays/paper --quick --output walkback-out/paper

            The paper is Raiciu, Niculescu, Bagnulo, Handley: Opportunistic Mobility with Multipath TCP (MobiArch \
            2011). If the evaluation was interrupted, the same command continues it.
            """)

    @Argument(help: "Directory of the paper's replays and sweeps, which is Replays/paper.")
    var directory: String

    @Option(help: "Directory for the results and paper.html.")
    var output: String = "walkback-out/paper"

    @Flag(help: "Run few and short walks, which takes minutes instead of hours.")
    var quick = false

    @Option(help: "Number of runs at a time. (default: the number of cores)")
    var jobs: Int?

    @Option(help: "Kernel: embedded, host, or the file of an embedded kernel.")
    var kernel = "embedded"

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let request = PaperRequest(
            directory: FilePath(directory), output: FilePath(output), quick: quick,
            jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), kernel: try guests.choice(of: kernel),
            walkbackVersion: Walkback.version)
        let (page, code) = try request.run(cancellation: cancellation) { Walkback.print(standardError: $0) }
        Walkback.write("\(page)\n", to: 1)
        if code != .success { Glibc.exit(code.rawValue) }
    }
}
