// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Determinism
import Documents
import Glibc
import Plans
import Synchronization
import System
import SystemPackage

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run any program on the mobile host under a replay.",
        discussion: """
            Example: walkback run Replays/indoor-walk.yaml --server-command 'iperf3 -s' -- iperf3 -c server -t 60

            COMMAND runs in the embedded kernel, in virtual time, and the paths of the walk are its interfaces. Plain \
            TCP uses the default route; MPTCP (mptcpize, or IPPROTO_MPTCP) uses every path. COMMAND can read this \
            machine's files, and can write only in the directory of --output and in /dev/shm. 'server' and the name \
            of each path are host names; variables such as $WALKBACK_SERVER and $WALKBACK_OUTPUT describe the lab, too \
            (Documentation/running-programs.md).

            COMMAND starts with the walk. If COMMAND ends first, the server's command is told to end; if the walk \
            ends first, COMMAND is told to end. The output of both is shown and is kept in the output directory, next \
            to run.json and series.csv.

            The exit status is that of COMMAND. If run.json is in the output directory, COMMAND has run. Otherwise \
            walkback failed and prints the reason, and the status is its own: 1 failure to run; 64 wrong usage; 65 bad \
            input file; 69 a feature is missing; 77 missing permission.
            """)

    @Argument(help: "Replay, for example Replays/indoor-walk.yaml.")
    var replay: String

    @Option(help: "Directory for the results, in which the programs may write. (default: walkback-out/run-NAME)")
    var output: String?

    @Option(help: "Command for /bin/sh that runs on the server and starts one second before the walk.")
    var serverCommand: String?

    @Option(
        name: .customLong("env"),
        help: "Variable for the environment of both programs: NAME=VALUE, or NAME to pass on its present value.")
    var variables: [String] = []

    @Option(help: "Seed for the kernel's random numbers and for packet loss.")
    var seed: UInt64 = 1

    @Option(help: "Congestion control of both hosts, instead of the replay's.")
    var congestionControl: String?

    @Option(help: "Kernel: embedded, or the file of an embedded kernel.")
    var kernel = "embedded"

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String]

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("Name a program, for example: walkback run Replays/indoor-walk.yaml -- ip address")
        }
    }

    func run() throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let name = FilePath(replay).stem ?? "replay"
        let request = ProgramRequest(
            replay: FilePath(replay), output: FilePath(output ?? "walkback-out/run-\(name)"), command: command,
            serverCommand: serverCommand, environment: try environment(),
            searchPath: Self.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin", seed: seed,
            congestionControl: congestionControl, kernel: try guests.choice(of: kernel),
            walkbackVersion: Walkback.version)
        let server = Mutex(PrefixedLines(prefix: "server: "))
        let status = try request.run(
            cancellation: cancellation,
            take: { output, bytes in
                switch output {
                case .standardOutput: Walkback.writeVerbatim(bytes, to: 1)
                case .standardError: Walkback.writeVerbatim(bytes, to: 2)
                case .server: Walkback.writeVerbatim(server.withLock { $0.take(bytes) }[...], to: 2)
                }
            },
            say: { Walkback.print(standardError: "walkback: \($0)") })
        Walkback.writeVerbatim(server.withLock { $0.end() }[...], to: 2)
        if status != 0 { Glibc.exit(status) }
    }

    private func environment() throws -> [String: String] {
        var environment: [String: String] = [:]
        for text in variables {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !parts[0].isEmpty else {
                throw Fault(.usage, "--env \(text) names no variable; write NAME=VALUE or NAME")
            }
            if parts.count == 2 {
                environment[parts[0]] = parts[1]
            } else if let value = Self.variable(parts[0]) {
                environment[parts[0]] = value
            } else {
                throw Fault(.usage, "--env \(text): the variable is not set in this environment; write \(text)=VALUE")
            }
        }
        return environment
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

/// Splits text that arrives in pieces into whole lines, and puts a prefix in front of each.
struct PrefixedLines {
    let prefix: String
    private var rest: [UInt8] = []

    init(prefix: String) {
        self.prefix = prefix
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        rest += bytes
        guard let last = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<last].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest.removeFirst(last + 1)
        return lines.flatMap { prefix.utf8 + $0 + [UInt8(ascii: "\n")] }
    }

    /// The last line if it has no newline.
    mutating func end() -> [UInt8] {
        rest.isEmpty ? [] : take([UInt8(ascii: "\n")])
    }
}
