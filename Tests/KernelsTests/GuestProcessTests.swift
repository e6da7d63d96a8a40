// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities
import Synchronization
import SystemPackage
import Testing

@testable import Kernels
@testable import System

/// The process of a guest, with a shell in place of the kernel.
struct GuestProcessTests {
    private func shell(_ script: String, limit: Duration = .seconds(60), inherited: [CInt] = []) -> GuestProcess {
        GuestProcess(
            executable: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "ONLY=this"],
            inherited: inherited, realTimeLimit: limit)
    }

    private func lines(_ process: GuestProcess, cancellation: Cancellation? = nil) throws -> (
        GuestProcess.End, [String]
    ) {
        let lines = Mutex<[String]>([])
        let end = try process.run(cancellation: cancellation, log: -1) { line in
            if case .text(let text) = line { lines.withLock { $0.append(text) } }
        }
        return (end, lines.withLock { $0 })
    }

    @Test(arguments: [
        ("exit 0", GuestProcess.Reason.exited(0)), ("exit 77", .exited(77)), ("kill -TERM $$", .signalled(SIGTERM)),
        ("kill -SEGV $$", .signalled(SIGSEGV)),
    ])
    func `How it ended is told exactly`(script: String, expected: GuestProcess.Reason) throws {
        #expect(try lines(shell(script)).0.reason == expected)
    }

    @Test func `It has its own session, no core dumps, nothing of our environment and only the descriptors given`()
        throws
    {
        let directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A descriptor that somebody forgot to close.
        let stray = open("/etc/passwd", O_RDONLY)
        defer { for file in [directory, stray] { close(file) } }
        let (_, said) = try lines(
            shell(
                """
                ulimit -c; cut -d' ' -f6 /proc/$$/stat | grep -c "^$$\\$"; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | \
                sort
                readlink /proc/$$/fd/3; grep -e SigBlk -e SigIgn /proc/$$/status | cut -f2; exec ls /proc/self/fd
                """, inherited: [directory]))
        // 4 is the directory that ls reads.
        let descriptors = ["0", "1", "2", "3", "4"]
        try #require(said.count == 7 + descriptors.count)
        #expect(said[..<6] == ["0", "1", "ONLY=this", "PATH=/usr/bin:/bin", "/", "0000000000000000"])
        #expect(said[7...] == descriptors[...])
        // Only the first 31 ignored signals count: the C library keeps 32 and 33 for itself and lets nobody set them.
        let ignored = try #require(UInt64(said[6], radix: 16))
        #expect(ignored & 0x7fff_ffff == 0)
    }

    @Test func `What it left behind is killed with it, and its output is read to the end`() throws {
        let (end, said) = try lines(shell("sleep 1000 & sleep 1000 & echo $!; seq 20000"))
        #expect(end.reason == .exited(0))
        #expect(said.count == 20001)
        let left = try #require(pid_t(said[0]))
        // It may still wait to be reaped by the first process, but it no longer runs.
        let state = try Files.text(FilePath("/proc/\(left)/stat"))
        #expect(state.map { $0.contains(") Z ") } ?? true)
    }

    @Test func `One that takes too long is killed`() throws {
        let end = try lines(shell("trap '' TERM INT; echo here; sleep 1000", limit: .milliseconds(300))).0
        #expect(end.reason == .tookTooLong)
        #expect(end.lastLines == ["here"])
    }

    @Test func `A kernel that panics before it has a console is not waited for`() throws {
        let end = try lines(shell("echo '<0>Kernel panic - not syncing: Kernel mode signal 7'; exec sleep 1000")).0
        #expect(end.reason == .signalled(SIGKILL))
        let began = ContinuousClock().now
        // What a program prints is no panic.
        let said = try lines(shell("echo 'a <0>Kernel panic'; sleep 3; echo on")).1
        #expect(said == ["a <0>Kernel panic", "on"] && ContinuousClock().now - began > .seconds(2.5))
    }

    @Test func `Cancelling ends the one that runs and those that are yet to start`() throws {
        let cancellation = try Cancellation()
        let fault = Fault(.failed, "enough")
        let process = shell("echo ready; sleep 1000")
        let end = try process.run(cancellation: cancellation, log: -1) { _ in cancellation.cancel(fault) }
        #expect(end.reason == .cancelled(fault))
        #expect(try lines(shell("echo never"), cancellation: cancellation).0.reason == .cancelled(fault))
    }

    @Test func `What cannot be started is an error that names it`() throws {
        var process = shell("")
        process.executable = "/nowhere/linux"
        let fault = #expect(throws: Fault.self) { try process.run(cancellation: nil, log: -1) { _ in } }
        #expect(fault?.message == "cannot start '/nowhere/linux': No such file or directory")
    }
}
