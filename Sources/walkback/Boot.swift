import ArgumentParser
import FoundationEssentials
import Glibc
import Kernels
import Runs
import SystemPackage
import Units

/// Runs any program in the embedded kernel: how `make test` runs the kernel tier.
struct Boot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a program in the embedded kernel, as root there and in virtual time.",
        discussion: """
            Example: walkback boot -- /bin/uname -r

            The program sees this machine's files, read-only, and may write in /dev/walkback, which is gone afterwards.
            """,
        shouldDisplay: false)

    @Option(help: "embedded or the file of an embedded kernel.")
    var kernel = "embedded"

    @Option(help: "Seconds of virtual time after which the guest is switched off.")
    var deadline = 36_000.0

    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("Name a program, as in: walkback boot -- /bin/uname -r") }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let temporary = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(temporary)/walkback-boot-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(
                .failed, "cannot make a directory in \(temporary): \(Errno(rawValue: errno)); set TMPDIR to another")
        }
        let directory = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        defer { Files.removeDirectory(directory) }
        var argv = command
        if argv[0].contains("/"), !argv[0].hasPrefix("/"), let here = getcwd(nil, 0) {
            argv[0] = "\(String(cString: here))/\(argv[0])"
            free(here)
        }
        guard let limit = Duration(exactlySeconds: deadline), limit > .zero else {
            throw Fault(.usage, "--deadline must be a number of seconds above 0")
        }
        let request = GuestCommand(argv: argv, environment: ["PATH": "/usr/bin:/bin"], deadline: limit)
        let document = Array(try JSONEncoder().encode(request))
        let file = directory.appending(RunDirectory.command)
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(document) }
        let job = GuestJob(id: "boot", directory: directory, seed: 1)
        let end = try Kernel.find(kernel).run(job, cancellation: cancellation) { line in
            switch line {
            case .text(let text), .note(let text): Walkback.write("\(text)\n", to: 1)
            case .time: break
            }
        }
        if end.status != 0 {
            Files.removeDirectory(directory)
            Glibc.exit(end.status)
        }
    }
}
