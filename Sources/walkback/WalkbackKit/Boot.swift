// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Glibc
import Kernels
import Quantities
import System

/// Runs any program in the embedded kernel; `make test` uses it to run the kernel tier.
struct Boot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a program as root in the embedded kernel, in virtual time.",
        discussion: """
            Example: walkback boot -- /bin/uname -r

            The program can read this machine's files, and can write in /dev/walkback, which is removed afterwards.
            """,
        shouldDisplay: false)

    @Option(help: "Kernel: embedded, or the file of an embedded kernel.")
    var kernel = "embedded"

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    @Option(help: "Seconds of virtual time after which the guest is stopped.")
    var deadline = 36_000.0

    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("Name a program, for example: walkback boot -- /bin/uname -r") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        var argv = command
        if argv[0].contains("/"), !argv[0].hasPrefix("/"), let here = getcwd(nil, 0) {
            argv[0] = "\(String(cString: here))/\(argv[0])"
            free(here)
        }
        guard let limit = Duration(exactlySeconds: deadline), limit > .zero else {
            throw Fault(.usage, "--deadline must be a number of seconds above 0")
        }
        let request = GuestCommand(argv: argv, environment: ["PATH": "/usr/bin:/bin"], deadline: limit)
        let directory = try TemporaryRunDirectory(request)
        let job = GuestJob(id: "boot", directory: directory.held, keepsLog: false, seed: 1)
        let end = try guests.choice(of: kernel).find().run(job, cancellation: cancellation) { line in
            switch line {
            case .text(let text), .note(let text): Walkback.write("\(text)\n", to: 1)
            case .time: break
            }
        }
        if end.status != 0 {
            directory.remove()
            Glibc.exit(end.status)
        }
    }
}
