// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import KernelTier
import Netlink
import ProbeFormat
import Quantities
import Synchronization
import System
import SystemPackage
import Testing

@testable import Probe

/// The programs themselves are attacked, each in a process of its own, so that a crash is a failed test and not the end
/// of all tests.
@Suite(.kernelTier, .serialized) struct `A program that probes` {
    private typealias Rig = FieldServerRig

    /// `walkback`, running next to the test.
    private struct Program {
        let process: pid_t

        init(_ arguments: [String]) throws {
            let path = try Files.executable().removingLastComponent().appending("walkback").string
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            defer { close(null) }
            process = try Spawn(
                path, arguments: ["walkback"] + arguments, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
                descriptors: [null, null, null], outlivesUs: true
            ).start().get()
        }

        /// How the program has ended; nil while it runs.
        ///
        /// - Parameter span: how long to wait for its end.
        func end(within span: Duration = .zero) -> String? {
            let last = ContinuousClock.now + span
            var status: CInt = 0
            while waitpid(process, &status, WNOHANG) == 0 {
                if ContinuousClock.now >= last { return nil }
                usleep(10_000)
            }
            return status & 0x7f == 0 ? "exit code \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
        }
    }

    private let directory: FilePath

    init() throws {
        // In a guest /tmp is read-only, but TMPDIR is not.
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/walkback-attacked.XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        directory = FilePath(String(cString: made))
        let key = try FileDescriptor.open(
            directory.appending("key"), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try key.closeAfter { _ = try key.writeAll(Rig.key.utf8) }
    }

    private static let huge = ProbeMessage.Feedback(
        latest: 1, latestSent: .max, packets: .max, ipBytes: .max, time: .max, held: .max)
    private static let negative = ProbeMessage.Feedback(
        latest: 2, latestSent: 1 << 63, packets: 2, ipBytes: 0, time: 0, held: 0)

    private static func lies(_ session: UInt64) -> [ProbeMessage] {
        [huge, negative].flatMap { feedback -> [ProbeMessage] in
            [
                .data(session: session, number: .max, time: .max, feedback), .feedback(session: session, feedback),
                .relay(session: session, of: session, feedback), .report(session: session, feedback),
                .echo(session: session, number: .max, time: .max), .idle(session: session, milliseconds: 1),
                .echoReply(session: session, number: .max, time: .max), .sound(session: session),
            ]
        }
    }

    /// - Parameter seals: whether the attacker has the key.
    @Test(arguments: [false, true])
    func `serves on after datagrams with numbers made to end it`(seals: Bool) throws {
        let rig = try Rig()
        rig.end()
        let server = try rig.far.run {
            try Program(["field-server", "--key-file", directory.appending("key").string])
        }
        defer {
            kill(server.process, SIGKILL)
            Files.removeDirectory(directory)
        }
        usleep(500_000)
        let session = try rig.session()
        try session.send(.echo(session: session.number, number: 1, time: 1))
        _ = session.arrivals(for: .milliseconds(300))
        for lie in Self.lies(session.number) {
            if seals {
                try session.send(lie)
            } else {
                // As in version 1, and in version 2 with no code and with a wrong one.
                let covered = lie.covered(number: 1000)
                for bytes in [lie.encoded, covered, covered + [UInt8](repeating: 7, count: ProbeMessage.sealSize)] {
                    try session.send(bytes: bytes)
                }
            }
            _ = session.arrivals(for: .milliseconds(20))
        }
        let end = server.end(within: .milliseconds(500))
        #expect(end == nil, "the server ended: \(end ?? "")")
        guard end == nil else { return }
        #expect(try rig.probe(for: .seconds(1)) == [.started])
    }

    @Test(arguments: [false, true])
    func `records on after datagrams with numbers made to end it`(seals: Bool) throws {
        let rig = try Rig()
        rig.end()
        let key = try SharedKey(Rig.key)
        let liar = Mutex(HostileServer(key: key, seals: seals))
        let socket = try rig.far.run { try AnsweringSocket(port: 4773) }
        let thread = try DedicatedThread.start {
            socket.serve(for: .seconds(6)) { bytes in liar.withLock { $0.answer(bytes) } }
        }
        defer { thread.wait() }
        let recorder = try rig.near.run {
            try Program([
                "record", "--interface", "radio", "--probe", Rig.farAddress.description, "--key-file",
                directory.appending("key").string, "--reserve", "1MB", "--duration", "5s", "--output",
                directory.appending("walk").string,
            ])
        }
        defer {
            kill(recorder.process, SIGKILL)
            Files.removeDirectory(directory)
        }
        #expect(recorder.end(within: .seconds(12)) == "exit code 0")
        #expect(liar.withLock { $0.answered } > 10)
    }
}
