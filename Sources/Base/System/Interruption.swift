// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc

/// Turns Ctrl-C and termination into an orderly end: guests are killed, and the caller unwinds and removes unfinished
/// files.
package enum Interruption {
    /// From now on the first SIGINT, SIGTERM or SIGHUP cancels `cancellation`, and a second one ends this process at
    /// once. Call it from the first thread before any other exists: threads inherit the blocked signals, so that only
    /// the thread that waits for them receives them.
    package static func cancel(_ cancellation: Cancellation) throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        _ = try DedicatedThread.start {
            var awaited = awaited
            var number: CInt = 0
            guard sigwait(&awaited, &number) == 0 else { return }
            let name = number == SIGINT ? "Ctrl-C" : "signal \(number)"
            cancellation.cancel(Fault(ExitCode(rawValue: 128 + number) ?? .failed, "interrupted by \(name)"))
            // A second signal means that the user does not want to wait for the clean-up; the guests die with this
            // process.
            guard sigwait(&awaited, &number) == 0 else { return }
            _exit(128 + number)
        }
    }
}
