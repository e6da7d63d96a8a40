// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import System

/// A program started by this one, in the calling thread's network namespace and in a session of its own. It cannot
/// outlive this program.
struct ChildProcess {
    let process: pid_t

    /// - Parameters:
    ///   - arguments: the command line, beginning with the program's file.
    ///   - environment: the complete environment; nothing else is inherited.
    ///   - descriptors: the descriptors that become the child's 0, 1, 2, …
    /// - Throws: `Fault` with the kernel's error if the program cannot be started.
    init(_ arguments: [String], environment: [String: String], descriptors: [CInt]) throws {
        let program = arguments.first ?? ""
        let assignments = environment.keys.sorted().map { "\($0)=\(environment[$0] ?? "")" }
        let spawn = Spawn(program, arguments: arguments, environment: assignments, descriptors: descriptors)
        switch spawn.start() {
        case .success(let child): process = child
        case .failure(let error):
            throw Fault(.failed, "the guest cannot start '\(program)': \(GuestBringUp.describe(error.errno))")
        }
    }

    /// Sends a signal to the child and to its process group. The group is everything that it started, except processes
    /// that have moved to another group.
    func signal(_ number: CInt) {
        kill(-process, number)
    }

    /// Its exit status, or 128 + the signal that killed it; nil while it runs. Once a status was returned, the child is
    /// gone.
    func reap() -> Int32? {
        var status: CInt = 0
        return waitpid(process, &status, WNOHANG) == process ? walkback_exit_code(status) : nil
    }

    /// The environment that every program in a guest starts with. Temporary files stay in the guest's memory, since its
    /// root is read-only.
    static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/dev/shm",
        "TMPDIR": "/dev/shm", "SWIFT_DETERMINISTIC_HASHING": "1",
    ]
}
