// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import SystemPackage
import Testing

@testable import Kernels
@testable import System

struct EmbeddedKernelTests {
    @Test func `The notes beside a kernel name its release and its patches`() {
        let notes = EmbeddedKernel.parse(
            description: """
                release: 6.12.117-walkback
                source: Debian linux-source-6.12 6.12.117-1
                patch: 0001-seed.patch 5e884898da28047151d0e56f8dc62927
                patch: 0002-hz.patch 6cf615d5bcaac778352a8f1f3360d23f
                nonsense
                patch:
                """)
        #expect(notes.release == "6.12.117-walkback")
        #expect(notes.patches == ["0001-seed", "0002-hz"])
    }

    @Test func `A kernel is believed by its notes`() throws {
        let scratch = try Scratch()
        try scratch.script("linux", "exit 1")
        try scratch.file("linux.txt", "release: 6.1-test\npatch: a.patch 00\n")
        let kernel = try EmbeddedKernel.find(explicit: scratch.path.appending("linux"), containment: .none)
        let expected = EmbeddedKernel(
            path: scratch.path.appending("linux"), release: "6.1-test", patches: ["a"], containment: .none)
        #expect(kernel == expected)
    }

    @Test func `A kernel without notes is asked for its release`() throws {
        let scratch = try Scratch()
        let path = try scratch.script("linux-mine", "[ \"$1\" = --version ] && echo 6.99.0-rc1-mine")
        let kernel = try EmbeddedKernel.find(explicit: path, containment: .none)
        #expect(kernel.release == "6.99.0-rc1-mine")
        #expect(kernel.patches == [])
    }

    @Test(arguments: [
        ("/bin/true", "is not a user-mode kernel"), ("/bin/sh", "is not a user-mode kernel"),
        ("/", "is not a file"), ("/nowhere/linux", "is not a file"), ("/etc/passwd", "is not executable"),
    ])
    func `What is no kernel is refused with the reason and the remedy`(path: String, reason: String) {
        let fault = #expect(throws: Fault.self) {
            try EmbeddedKernel.find(explicit: FilePath(path), containment: .none)
        }
        #expect(fault?.code == .failed)
        #expect(fault?.message.hasPrefix("--kernel \(path) \(reason)") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("make kernel") == true)
    }

    @Test func `A file that is no program is refused`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("linux", "\u{7f}ELF, or so", permissions: [.ownerReadWriteExecute])
        let fault = #expect(throws: Fault.self) { try EmbeddedKernel.find(explicit: path, containment: .none) }
        #expect(fault?.message.contains("is not a user-mode kernel") == true)
    }

    @Test func `Of several kernels in the cache the newest is taken, unless one is marked as current`() throws {
        let scratch = try Scratch()
        #expect(EmbeddedKernel.newest(in: scratch.path) == nil)
        for (name, age) in [("old", 300), ("new", 100), ("middle", 200)] {
            _ = scratch.directory(name)
            let linux = try scratch.script("\(name)/linux", "")
            var times = [timeval(), timeval()]
            gettimeofday(&times[0], nil)
            times[0].tv_sec -= age
            times[1] = times[0]
            utimes(linux.string, times)
        }
        #expect(EmbeddedKernel.newest(in: scratch.path)?.string == "\(scratch.path)/new/linux")
        try scratch.file("current", "old\n")
        #expect(EmbeddedKernel.newest(in: scratch.path)?.string == "\(scratch.path)/old/linux")
        Files.remove(scratch.path.appending("current"))
        symlink("middle", "\(scratch.path)/current")
        #expect(EmbeddedKernel.newest(in: scratch.path)?.string == "\(scratch.path)/current/linux")
    }
}
