// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc

/// Ctrl-C and termination as an orderly end: guests are killed, the caller unwinds and removes what is half done.
package enum Interruption {
    /// From now on the first SIGINT, SIGTERM or SIGHUP cancels `cancellation`, and a second one ends this process at
    /// once. Call it from the first thread before any other exists: threads inherit that these signals are blocked, so
    /// that only the one that waits for them receives them.
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
            // Whoever asks twice does not want to wait for the clearing up: the guests die with us.
            guard sigwait(&awaited, &number) == 0 else { return }
            _exit(128 + number)
        }
    }
}
