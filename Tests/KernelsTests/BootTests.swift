// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import Glibc
import Plans
import Quantities
import Synchronization
import SystemPackage
import Testing

@testable import Kernels
@testable import System

/// Boots of the embedded kernel, with the probe as its first process.
@Suite(.enabled(if: Probe.canBoot, Probe.whyNot), .serialized)
struct BootTests {
    private func job(_ directory: FilePath, seed: UInt64 = 1, limit: Duration = .seconds(60)) throws -> GuestJob {
        GuestJob(
            id: "job", directory: try HeldDirectory(directory), seed: seed, realTimeLimit: limit, program: Probe.path)
    }

    private func kernel() throws -> Kernel {
        .embedded(try #require(Probe.kernel))
    }

    @Test(arguments: ["plain", "with blank", "ü, \"quoted\" 'twice' \\ and $HOME", "-- init=none\ttab\nnewline", "%20"])
    func `A guest boots, writes its record and powers off, whatever the directory is called`(name: String) throws {
        let scratch = try Scratch(name)
        let directory = try scratch.run("out \(name)", "record \(name.count)")
        #expect(try kernel().record(of: try job(directory)).id == "\(name.count)")
        // The log, what the test gave the guest and what the guest wrote; nothing of the kernel's.
        #expect(Files.entries(of: directory) == ["console.log", "guest"])
        #expect(Files.entries(of: directory.appending("guest")) == ["probe", "record.json", "status"])
        #expect(Probe.leftovers(using: directory) == [])
    }

    @Test func `A guest sees the same whatever its directory is called, and other random numbers with another seed`()
        throws
    {
        var seen: [[UInt8]?] = []
        for (name, seed) in [("a", 7), ("some much longer name of a directory", 7), ("a", 8)] as [(String, UInt64)] {
            let scratch = try Scratch(name)
            let directory = try scratch.run(name, "look")
            _ = try kernel().record(of: try job(directory, seed: seed))
            seen.append(try Files.read(directory.appending("guest").appending("seen")))
        }
        #expect(seen[0] != nil && seen[0] == seen[1])
        #expect(seen[0] != seen[2])
    }

    @Test func `A fault of the guest is thrown as it was`() throws {
        let scratch = try Scratch()
        let directory = try scratch.run("out", "fault")
        let fault = #expect(throws: Fault.self) { try kernel().record(of: try job(directory)) }
        #expect(fault == Fault(.missingFeature, "this kernel has no \"fq\"\nto speak of: build one with `make kernel`"))
    }

    @Test(arguments: [
        ("wait", "at its deadline, 60 s after the guest's start, it was still waiting for the server's last byte"),
        ("leave", "the program in the guest ended early with exit status 3"),
        ("crash", "the program in the guest crashed (signal 11)"),
    ])
    func `A guest that does not finish says why`(work: String, message: String) throws {
        let scratch = try Scratch()
        let directory = try scratch.run("out", work)
        let fault = #expect(throws: Fault.self) { try kernel().record(of: try job(directory)) }
        #expect(fault?.code == .failed)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test func `A guest that computes without end meets the limit of real time, and its processes go with it`() throws {
        let scratch = try Scratch()
        let directory = try scratch.run("out", "spin")
        let fault = #expect(throws: Fault.self) { try kernel().record(of: try job(directory, limit: .seconds(2))) }
        #expect(fault?.message.contains("limit of real time") == true, "\(fault?.message ?? "")")
        #expect(Probe.leftovers(using: directory) == [])
    }

    @Test func `The run's clock is reported as it goes`() throws {
        let scratch = try Scratch()
        let directory = try scratch.run("out", "times")
        let seen = Mutex<[GuestPool.Progress]>([])
        let record = try GuestPool.execute(job(directory), on: kernel(), cancellation: Cancellation()) { _, progress in
            seen.withLock { $0.append(progress) }
        }
        #expect(record.id == "times")
        #expect(seen.withLock { $0 } == [.started] + (0..<5).map { .time(.seconds($0)) } + [.finished])
    }

    @Test func `Guests side by side do not meet`() throws {
        let scratch = try Scratch()
        let kernel = try kernel()
        let jobs = try (0..<6).map { try job(scratch.run("out\($0)", "record \($0)"), seed: UInt64($0)) }
        let results = try GuestPool(width: 6).map(jobs, cancellation: Cancellation()) { job, cancellation in
            try GuestPool.execute(job, on: kernel, cancellation: cancellation) { _, _ in }
        }
        #expect(try results.map { try $0.get().id } == (0..<6).map { "\($0)" })
    }

    @Test func `Programs run in a guest with their output on the console and their exit status kept`() throws {
        let scratch = try Scratch()
        let directory = scratch.directory("out")
        try write(
            GuestCommand(
                argv: [
                    "/bin/sh", "-c",
                    "echo \"$1, tier $WALKBACK_KERNEL_TIER, $MINE\"; sleep 100; touch \"$TMPDIR/x\" && exit 42", "sh",
                    "a b",
                ],
                environment: ["MINE": "ü x"], deadline: .seconds(200)), to: directory)
        let lines = Mutex<[ConsoleLine]>([])
        let end = try kernel().run(try job(directory)) { line in lines.withLock { $0.append(line) } }
        #expect(end.status == 42)
        #expect(lines.withLock { $0 }.first == .text("a b, tier 1, ü x"))
    }

    @Test func `A command that outlives its deadline is ended, naming every process still there`() throws {
        let scratch = try Scratch()
        let directory = scratch.directory("out")
        try write(
            GuestCommand(argv: ["/bin/sh", "-c", "sleep 12345 & sleep 54321"], deadline: .seconds(100)), to: directory)
        let fault = #expect(throws: Fault.self) { try kernel().run(try job(directory)) }
        let message = try #require(fault?.message)
        #expect(
            message.hasPrefix("'/bin/sh' did not end within 100 s of the guest's clock; still running: "), "\(message)")
        for waiting in ["'sleep 12345' (process ", "'sleep 54321' (process "] {
            #expect(message.contains(waiting), "\(message)")
        }
    }

    private func write(_ command: GuestCommand, to directory: FilePath) throws {
        let data = try JSONEncoder().encode(command)
        try HeldDirectory(directory).subdirectory(RunDirectory.guest).write(Array(data), to: RunDirectory.command)
    }
}
