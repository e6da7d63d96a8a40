// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Plans
import Quantities
import System
import SystemPackage
import Testing

@testable import Kernels

/// What a user reads when a guest ends without a result. A shell script stands in for the kernel.
struct GuestFailureTests {
    private func outcome(of script: String, limit: Duration = .seconds(60)) throws -> GuestEnd {
        let scratch = try Scratch("run ü \"q\", ")
        let directory = scratch.directory("out")
        let kernel = EmbeddedKernel(
            path: try scratch.script("linux", "cd /proc/self/fd/4\n" + script), release: "0", patches: [],
            containment: .none)
        return try Guest(kernel: kernel, directory: try HeldDirectory(directory), seed: 1, realTimeLimit: limit).run()
    }

    @Test(arguments: [
        (
            "echo 'ptrace: Operation not permitted'; echo 'check_ptrace : expected SIGSTOP'; exit 1",
            ExitCode.permission,
            "may not trace its processes (ptrace)", "docker run --cap-add SYS_PTRACE"
        ),
        ("echo 'The memfd must be not mounted noexec'; exit 1", .permission, "may not execute its memory", "--output"),
        (
            "echo 'setup_physmem - mapping failed - errno = -12'; exit 1", .failed, "ran out of the host's memory",
            "--jobs"
        ),
        ("kill -BUS $$", .failed, "ran out of the host's memory (killed by signal 7)", "--jobs"),
        ("kill -KILL $$", .failed, "ran out of the host's memory", "--jobs"),
        (
            "echo 'Kernel panic - not syncing: VFS: no root'; kill -ABRT $$", .failed,
            "the kernel of the guest panicked", "VFS: no root"
        ),
        (
            "echo 'Fatal error: index'; echo 'Kernel panic - not syncing: Attempted to kill init! "
                + "exitcode=0x00000005'; exit 1",
            .failed, "the program in the guest crashed (signal 5): \"Fatal error: index\"", "console.log"
        ),
        (
            "echo 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000300'; exit 1", .failed,
            "the program in the guest ended early with exit status 3", "console.log"
        ),
        (
            "echo 'walkback: time 3.25'; exit 0", .failed, "without a result (exit status 0, at 3.3 s of its clock)",
            "console.log"
        ),
        (
            "echo '{\"code\": 69, \"message\": \"no fq\"}' >fault.json; echo 69 >status", .missingFeature, "no fq",
            "no fq"
        ),
        ("echo 'walkback: fault {\"code\": 77, \"message\": \"m\"}'; exit 0", .permission, "m", "m"),
    ])
    func `The cause is one sentence with its exit code and what to do`(
        script: String, code: ExitCode, cause: String, remedy: String
    ) {
        let fault = #expect(throws: Fault.self) { try outcome(of: script) }
        #expect(fault?.code == code)
        #expect(fault?.message.contains(cause) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains(remedy) == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("\n") == false)
    }

    @Test func `A status that was written last is the end of a run`() throws {
        #expect(try outcome(of: "echo 'walkback: time 2'; echo 42 >status") == GuestEnd(status: 42, time: .seconds(2)))
    }

    @Test func `What an earlier run left is not taken for the result of this one`() throws {
        let scratch = try Scratch()
        let directory = scratch.directory("out")
        for name in [RunDirectory.status, RunRecord.fileName] { try scratch.file("out/\(name)", "0\n") }
        try scratch.file("out/\(RunDirectory.fault)", "{\"code\": 2, \"message\": \"old\"}")
        let kernel = EmbeddedKernel(
            path: try scratch.script("linux", "exit 5"), release: "0", patches: [], containment: .none)
        let fault = #expect(throws: Fault.self) {
            try Guest(kernel: kernel, directory: try HeldDirectory(directory), seed: 1).run()
        }
        #expect(fault?.message.contains("exit status 5") == true)
    }

    @Test func `The limit of real time is named, with how far the run had come`() {
        let fault = #expect(throws: Fault.self) {
            try outcome(of: "echo 'walkback: time 12'; exec sleep 1000", limit: .milliseconds(300))
        }
        #expect(
            fault?.message.contains("limit of real time, at 12.0 s of its clock") == true, "\(fault?.message ?? "")")
    }

    @Test func `A run directory that is not there is refused before anything starts`() throws {
        let kernel = EmbeddedKernel(path: "/bin/false", release: "0", patches: [], containment: .none)
        let fault = #expect(throws: Fault.self) {
            try Guest(kernel: kernel, directory: try HeldDirectory("/nowhere/at all"), seed: 1).run()
        }
        #expect(fault?.message.hasPrefix("cannot read the directory /nowhere/at all: No such file") == true)
    }
}
