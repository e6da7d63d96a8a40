// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage
import Testing

/// `walkback run`, as a user would call it.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `A program under a replay` {
    private let scratch: Scratch
    private let replay: FilePath
    private let output: FilePath

    init() throws {
        scratch = try Scratch()
        replay = try scratch.walk()
        output = scratch.path.appending("out")
    }

    private func run(
        _ command: [String], options: [String] = [], environment: [String: String] = [:],
        wrapper: String = "exec \"$@\""
    ) throws -> Walkback.Outcome {
        try Walkback.run(
            ["run", replay.string, "--output", output.string] + options + ["--"] + command, wrapper: wrapper,
            environment: environment)
    }

    private var document: String { get throws { try Walkback.text(output.appending("run.json")) } }

    private static let python = "/usr/bin/python3"
    private static let hasPython = access(python, X_OK) == 0
    private static let noPython: Comment = "the programs of this test are for \(python), which is not here"

    @Test(arguments: [0, 7, 65, 255]) func `gives its exit status`(status: Int32) throws {
        let outcome = try run(["sh", "-c", "echo said; echo complained >&2; exit \(status)"])
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.output == "said\n")
        #expect(outcome.errors.hasPrefix("complained\n"))
        #expect(try Walkback.text(output.appending("stdout.txt")) == "said\n")
        #expect(try Walkback.text(output.appending("stderr.txt")) == "complained\n")
        #expect(try document.contains("\"exit_status\": \(status),"))
        #expect(try document.contains("\"ended_by\": \"command\""))
    }

    @Test func `has the congestion control that it is asked for`() throws {
        let read = ["cat", "/proc/sys/net/ipv4/tcp_congestion_control"]
        #expect(try run(read).output == "cubic\n")
        #expect(try run(read, options: ["--congestion-control", "lia"]).output == "lia\n")
        let unknown = try run(read, options: ["--congestion-control", "lai"])
        #expect(unknown.status == 69 && unknown.output.isEmpty)
        #expect(unknown.errors.contains("has no congestion control 'lai'; did you mean 'lia'?"), "\(unknown.errors)")
    }

    @Test func `is told to end when the walk does`() throws {
        let outcome = try run(["sh", "-c", "trap 'echo told; exit 3' TERM; while :; do sleep 0.1; done"])
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(outcome.output == "told\n")
        #expect(outcome.errors.contains("the walk ended at 4.0 s, and the command was told to end; its status is 3"))
        #expect(try document.contains("\"ended_by\": \"trace\""))
    }

    @Test func `is killed where it does not listen`() throws {
        let outcome = try run(["sh", "-c", "trap '' TERM; while :; do sleep 0.5; done"])
        #expect(outcome.status == 128 + SIGKILL, "\(outcome.errors)")
    }

    @Test func `writes where it may and nowhere else`() throws {
        let other = scratch.path.appending("other")
        let outcome = try run([
            "sh", "-c", "echo here > $WALKBACK_OUTPUT/kept; echo there > '\(other)' || exit 5",
        ])
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("Read-only file system"), "\(outcome.errors)")
        #expect(try Walkback.text(output.appending("kept")) == "here\n")
        #expect(access(other.string, F_OK) != 0)
        // The program's own files stay, and Walkback's files are replaced.
        let again = try run(["sh", "-c", "cat kept"], wrapper: "cd '\(output)' && exec \"$@\"")
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output == "here\n")
    }

    @Test func `has the walk's paths as interfaces, which come and go`() throws {
        let script = """
            echo $WALKBACK_PATHS $WALKBACK_ADDRESS_WIFI $WALKBACK_INTERFACE_CELLULAR $WALKBACK_DURATION $MINE $WAS
            for i in 1 2 3 4; do
                sleep 0.7; grep -c '^wifi.*00000000' /proc/net/route; grep -c '^cellular.*00000000' /proc/net/route
            done
            """
        let outcome = try run(
            ["sh", "-c", script], options: ["--env", "MINE=own", "--env", "WAS"], environment: ["WAS": "mine"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        // WiFi is away from 1.5 to 2.5 s.
        let counts = "1\n1\n1\n1\n0\n1\n1\n1\n"
        // The count may exceed 1, because the route of the network itself matches too.
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "wifi cellular 10.1.0.2 cellular 4 own mine")
        let isThere = lines.dropFirst().map { $0 == "0" ? "0\n" : "1\n" }.joined()
        #expect(isThere == counts, "\(outcome.output)")
    }

    private static let server = """
        import socket
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, PROTOCOL)
        listener.bind(("", 5000))
        listener.listen()
        connection, address = listener.accept()
        connection.sendall(b"x" * 1500000)
        connection.close()
        print("sent to", address[0])
        """

    private static let client = """
        import socket, time
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, PROTOCOL)
        connection.connect(("server", 5000))
        total = 0
        while data := connection.recv(65536):
            total += len(data)
        print(total, time.monotonic())
        """

    @Test(.enabled(if: Self.hasPython, Self.noPython), arguments: [(0, ["wifi"]), (262, ["wifi", "cellular"])])
    func `talks with one on the server, the same every time`(protocolNumber: Int, paths: [String]) throws {
        func write(_ name: String, _ text: String) throws -> String {
            let lines = text.split(separator: "\n").map { line in
                line.hasSuffix("PROTOCOL)") ? line.dropLast("PROTOCOL)".count) + "\(protocolNumber))" : line
            }
            return try scratch.write(name, lines.joined(separator: "\n")).string
        }
        let (server, client) = (try write("server.py", Self.server), try write("client.py", Self.client))
        let results = try (1...2).map { _ in
            let outcome = try run(
                [Self.python, client], options: ["--server-command", "exec \(Self.python) \(server)"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("1500000 "))
            #expect(try Walkback.text(output.appending("server.txt")) == "sent to 10.1.0.2\n")
            #expect(outcome.errors.contains("server: sent to 10.1.0.2\n"))
            return [outcome.output, try document, try Walkback.text(output.appending("series.csv"))]
        }
        #expect(results[0] == results[1])
        #expect(try document.contains("\"trustworthy\": true"))
        for path in ["wifi", "cellular"] {
            let bytes = results[0][2].split(separator: "\n").filter { $0.contains(",\(path),down,") }
                .compactMap { $0.split(separator: ",").last.flatMap { Int($0) } }.reduce(0, +)
            #expect((bytes > 100_000) == paths.contains(path), "\(path): \(bytes)")
        }
    }

    @Test(
        arguments: [
            (["nosuch-program"], [], 64, "there is no such program in PATH"),
            (["./nosuch"], [], 64, "there is no such file"),
            (["true"], ["--env", "NOSUCH_VARIABLE"], 64, "is not set in this environment"),
            (["true"], ["--kernel", "host"], 64, "only in the embedded kernel"),
        ] as [([String], [String], Int32, String)])
    func `that cannot be run leaves no document`(
        command: [String], options: [String], status: Int32, message: String
    ) throws {
        let outcome = try run(command, options: options)
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(access(output.appending("run.json").string, F_OK) != 0)
    }

    @Test func `does not run under a replay that is none`() throws {
        try scratch.write("walk.yaml", "name: walk\n")
        let outcome = try run(["true"])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("walk.yaml:1:"), "\(outcome.errors)")
    }
}
