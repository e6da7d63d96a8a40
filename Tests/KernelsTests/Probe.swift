// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import Quantities
import SystemPackage
import Testing

@testable import Kernels
@testable import System

/// The small program that boots guests and runs in them (Tests/GuestProbe), and what a test needs to use it.
enum Probe {
    /// The program lies next to the test bundle.
    static let path: FilePath? = {
        guard let directory = try? Files.executable().removingLastComponent() else { return nil }
        let path = directory.appending("guest-probe")
        return Files.isFile(path) ? path : nil
    }()

    static let kernel: EmbeddedKernel? =
        inGuest ? nil : try? EmbeddedKernel.find(explicit: nil, containment: Containment.strongest())
    static let inGuest = getenv("WALKBACK_KERNEL_TIER") != nil
    static let isRoot = geteuid() == 0

    static var canBoot: Bool { kernel != nil && path != nil }
    static let whyNot: Comment =
        "boots a kernel: needs one (`make kernel`), the probe beside the tests, and not to run in a guest"
    static let whyNotMounts: Comment =
        "mounts file systems of its own: needs root, `unshare` and an embedded kernel (`make kernel`)"

    struct Outcome: Sendable {
        var status: Int32
        var output: String
    }

    /// Runs the probe as a program on the host; `wrapped` is a shell line in which "$@" is the probe's command line.
    static func boot(
        _ directories: [FilePath], verb: String = "boot", wrapped: String = "exec \"$@\"", environment: [String] = []
    ) throws -> Outcome {
        let path = try #require(path)
        let kernel = try #require(kernel)
        let process = GuestProcess(
            executable: "/bin/sh",
            arguments: ["sh", "-c", wrapped, "sh", path.string, verb, kernel.path.string] + directories.map(\.string),
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] + environment, inherited: [],
            realTimeLimit: .seconds(120))
        let end = try process.run(cancellation: nil, log: -1) { _ in }
        guard case .exited(let status) = end.reason else { return Outcome(status: -1, output: "\(end)") }
        return Outcome(status: status, output: end.lastLines.joined(separator: "\n"))
    }

    /// The processes that hold a file or directory in `directory` open, including guests' kernels and their children.
    static func processes(using directory: FilePath) -> [String] {
        Files.entries(of: "/proc").filter { name in
            guard Int(name) != nil, Int32(name) != getpid() else { return false }
            let descriptors = FilePath("/proc/\(name)/fd")
            return Files.entries(of: descriptors).contains { number in
                var buffer = [CChar](repeating: 0, count: 4096)
                let length = readlink(descriptors.appending(number).string, &buffer, buffer.count - 1)
                guard length > 0 else { return false }
                return buffer.withUnsafeBufferPointer { text in
                    text.baseAddress.map { String(cString: $0).hasPrefix(directory.string) } ?? false
                }
            }
        }
    }

    /// Waits at most five seconds until nothing uses `directory`, which belongs to one test. Returns and kills what
    /// still uses it.
    static func leftovers(using directory: FilePath) -> [String] {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(5)
        var left = processes(using: directory)
        while !left.isEmpty, clock.now < deadline {
            usleep(20_000)
            left = processes(using: directory)
        }
        for process in left.compactMap({ pid_t($0) }) { kill(process, SIGKILL) }
        return left
    }
}
