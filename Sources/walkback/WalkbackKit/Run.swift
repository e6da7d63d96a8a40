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

            COMMAND runs in the embedded kernel, in virtual time, with the walk's paths as its interfaces: plain TCP \
            leaves by the default route and MPTCP (mptcpize, or IPPROTO_MPTCP) uses every path. It sees this machine's \
            files, read-only, and may write in the directory of --output, /dev/shm and nowhere else. 'server' and each \
            path's name are host names; $WALKBACK_SERVER, $WALKBACK_OUTPUT and others say the same \
            (Documentation/running-programs.md).

            The command starts with the walk. When it ends, or the walk does, the other is told to end. What both \
            programs print is shown and kept in the output directory, beside run.json and series.csv.

            The exit status is the command's own. Where there is run.json in the output directory, the command ran; \
            else walkback failed and says why: 1 could not run; 64 usage; 65 bad input file; 69 a feature is missing; \
            77 permission.
            """)

    @Argument(help: "The replay, as Replays/indoor-walk.yaml.")
    var replay: String

    @Option(help: "Where results go and the programs may write. (default: walkback-out/run-NAME)")
    var output: String?

    @Option(help: "What runs on the server, for /bin/sh, from a second before the walk on.")
    var serverCommand: String?

    @Option(name: .customLong("env"), help: "NAME=VALUE, or NAME for its value here: for both programs' environment.")
    var variables: [String] = []

    @Option(help: "Draws the kernel's random numbers and which packets are lost.")
    var seed: UInt64 = 1

    @Option(help: "Congestion control in place of the replay's, of both hosts.")
    var congestionControl: String?

    @Option(help: "embedded or the file of an embedded kernel.")
    var kernel = "embedded"

    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String]

    func validate() throws {
        if command.isEmpty {
            throw ValidationError("Name a program, as in: walkback run Replays/indoor-walk.yaml -- ip address")
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
            congestionControl: congestionControl, kernel: kernel, walkbackVersion: Walkback.version)
        let server = Mutex(PrefixedLines(prefix: "server: "))
        let status = try request.run(
            cancellation: cancellation,
            take: { output, bytes in
                switch output {
                case .standardOutput: Walkback.write(bytes, to: 1)
                case .standardError: Walkback.write(bytes, to: 2)
                case .server: Walkback.write(server.withLock { $0.take(bytes) }[...], to: 2)
                }
            },
            say: { Walkback.print(standardError: "walkback: \($0)") })
        Walkback.write(server.withLock { $0.end() }[...], to: 2)
        if status != 0 { Glibc.exit(status) }
    }

    private func environment() throws -> [String: String] {
        var environment: [String: String] = [:]
        for text in variables {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !parts[0].isEmpty else {
                throw Fault(.usage, "--env \(text) names no variable; write NAME=VALUE, or NAME alone")
            }
            if parts.count == 2 {
                environment[parts[0]] = parts[1]
            } else if let value = Self.variable(parts[0]) {
                environment[parts[0]] = value
            } else {
                throw Fault(.usage, "--env \(text): the variable is not set here; write \(text)=VALUE")
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
