// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import System

/// A program that this one starts in the calling thread's network namespace, in a session of its own. It cannot outlive
/// us.
struct ChildProcess {
    let process: pid_t

    /// - Parameters:
    ///   - arguments: the program's file first.
    ///   - environment: all of it.
    ///   - descriptors: what become its 0, 1, 2, …
    /// - Throws: `Fault` with the kernel's words where it cannot be started.
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

    /// To it and to all of its session's first group, which is what it started unless that has moved elsewhere.
    func signal(_ number: CInt) {
        kill(-process, number)
    }

    /// Its exit status, or 128 + the signal that killed it; nil while it runs. Once it has said so it is gone.
    func reap() -> Int32? {
        var status: CInt = 0
        return waitpid(process, &status, WNOHANG) == process ? walkback_exit_code(status) : nil
    }

    /// What every program in a guest finds. Temporary files stay in the guest's memory: its root is read-only.
    static let environment = [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/dev/shm",
        "TMPDIR": "/dev/shm", "SWIFT_DETERMINISTIC_HASHING": "1",
    ]
}
