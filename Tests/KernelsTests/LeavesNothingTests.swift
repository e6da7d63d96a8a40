// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import SystemPackage
import Testing

@testable import System

/// The process that boots guests leaves nothing behind, whatever becomes of it and wherever it runs.
@Suite(.enabled(if: Probe.canBoot, Probe.whyNot), .serialized)
struct LeavesNothingTests {
    /// Environment variables that name directories where a program might leave something, and where nothing may be
    /// left.
    private func surroundings(_ scratch: Scratch) -> [String] {
        ["HOME", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"].map { name in
            "\(name)=\(scratch.directory("around-\(name)"))"
        }
    }

    private func strays(_ scratch: Scratch) -> [String] {
        Files.entries(of: scratch.path).filter { $0.hasPrefix("around-") }.flatMap { around in
            Files.entries(of: scratch.path.appending(around))
        }
    }

    @Test(arguments: 0..<12)
    func `A kill at any instant leaves no process and no file outside the run directories`(seed: UInt64) throws {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
        random ^= random >> 29
        // Booting takes 0.3 s; guests that spin live until they are killed.
        let delay = useconds_t(random % 600_000)
        let scratch = try Scratch()
        let directories = try ["one", "two ü"].map { try scratch.run($0, "spin") }
        let line = "\"$@\" & sleep \(Double(delay) / 1e6); kill -KILL $!; wait"
        // The shell reports that it saw the kill; what matters is what is left.
        _ = try Probe.boot(directories, wrapped: line, environment: surroundings(scratch))
        for directory in directories { #expect(Probe.leftovers(using: directory) == [], "killed after \(delay) us") }
        #expect(strays(scratch) == [], "killed after \(delay) us")
        #expect(Files.entries(of: scratch.path).filter { !$0.hasPrefix("around-") } == ["one", "two ü"])
    }

    @Test(arguments: [("INT", Int32(2)), ("TERM", 15), ("HUP", 1)])
    func `A signal ends guests in order, with its exit code and a sentence`(signal: String, number: Int32) throws {
        let scratch = try Scratch()
        let directory = try scratch.run("out", "spin")
        let line = "\"$@\" & sleep 1; kill -\(signal) $!; wait $!"
        // As in a script, a shell without job control starts background processes with SIGINT ignored.
        let outcome = try Probe.boot([directory], wrapped: line, environment: surroundings(scratch))
        #expect(outcome.status == 128 + number)
        #expect(outcome.output.hasPrefix("fault \(128 + number) interrupted by "), "\(outcome.output)")
        #expect(Probe.leftovers(using: directory) == [])
        #expect(strays(scratch) == [])
        // The kernel's own files are gone as well.
        #expect(!Files.entries(of: directory).contains(RunDirectory.control))
    }

    @Test func `A container that forbids tracing is told so, with exit code 77 and the remedy`() throws {
        let scratch = try Scratch()
        let outcome = try Probe.boot([try scratch.run("out", "record")], verb: "boot-untraced")
        #expect(outcome.status == ExitCode.permission.rawValue)
        #expect(outcome.output.contains("may not trace its processes (ptrace)"), "\(outcome.output)")
        #expect(outcome.output.contains("docker run --cap-add SYS_PTRACE"), "\(outcome.output)")
    }

    @Test func `Too little address space is told as lack of memory`() throws {
        let scratch = try Scratch()
        let outcome = try Probe.boot([try scratch.run("out", "record")], wrapped: "ulimit -v 900000; exec \"$@\"")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("ran out of the host's memory"), "\(outcome.output)")
    }

    @Suite(.enabled(if: Probe.canBoot && Probe.isRoot, Probe.whyNotMounts))
    struct InMountNamespace {
        @Test func `A guest boots where /dev/shm and /tmp are small and not executable`() throws {
            let scratch = try Scratch()
            let directory = try scratch.run("out", "record here")
            let mounts = "mount -t tmpfs -o size=64m,noexec tmpfs /dev/shm"
            let outcome = try Probe.boot(
                [directory], wrapped: "exec unshare -m sh -c '\(mounts) && exec \"$@\"' sh \"$@\"")
            #expect(outcome.output == "record here")
        }

        @Test func `A full disk is named, whatever the guest made of it`() throws {
            let scratch = try Scratch()
            let directory = scratch.directory("out")
            let mounts =
                "mount -t tmpfs -o size=300k tmpfs \(directory) && mkdir \(directory)/guest "
                + "&& echo fill >\(directory)/guest/probe"
            let outcome = try Probe.boot(
                [directory], wrapped: "exec unshare -m sh -c '\(mounts) && exec \"$@\"' sh \"$@\"")
            #expect(outcome.status == 1)
            #expect(
                outcome.output.hasPrefix(
                    "fault 1 there is no room for the results in '\(directory)': No space left on device"),
                "\(outcome.output)")
        }

        @Test func `A run directory that cannot be written is named before anything starts`() throws {
            let scratch = try Scratch()
            let directory = try scratch.run("out", "record")
            let mounts = "mount --bind \(directory) \(directory) && mount -o remount,bind,ro \(directory)"
            let outcome = try Probe.boot(
                [directory], wrapped: "exec unshare -m sh -c '\(mounts) && exec \"$@\"' sh \"$@\"")
            #expect(outcome.status == 1)
            #expect(
                outcome.output.hasPrefix("fault 1 cannot write \(directory)/console.log: Read-only file system; "),
                "\(outcome.output)")
        }
    }
}
