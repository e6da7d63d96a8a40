// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// This machine's own kernel, in real time: the same program with the same run directory, without a boot.
package struct HostKernel: Sendable, Equatable {
    /// As the kernel names itself.
    package let release: String

    package init(release: String) {
        self.release = release
    }

    /// - Throws: exit code 77 if this process is not root, as namespaces, qdiscs and BPF programs require.
    package static func find() throws -> HostKernel {
        guard geteuid() == 0 else {
            throw Fault(
                .permission,
                "--kernel host needs root, for namespaces, queues and BPF programs of the machine's own kernel; "
                    + "run it with sudo, or use the embedded kernel, which needs no root")
        }
        var name = utsname()
        uname(&name)
        return HostKernel(
            release: withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }

    /// Runs the plan in `directory` in a child, `PROGRAM guest --here DIRECTORY`. Times are real.
    package func run(
        in directory: HeldDirectory, keepsLog: Bool, realTimeLimit: Duration, program: FilePath? = nil,
        cancellation: Cancellation? = nil,
        console: @escaping @Sendable (ConsoleLine) -> Void = { _ in }
    ) throws -> GuestEnd {
        let session = try RunSession(directory: directory, keepsLog: keepsLog)
        let program = try program ?? Files.executable()
        let end = try GuestProcess(
            executable: program, arguments: [program.string, "guest", "--here", session.guest.path.string],
            environment: [
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "SWIFT_DETERMINISTIC_HASHING=1",
                "SWIFT_BACKTRACE=enable=no",
            ],
            inherited: [], realTimeLimit: realTimeLimit
        ).run(cancellation: cancellation, log: session.log.rawValue, line: console)
        return try session.outcome(of: end, machine: .host)
    }
}
