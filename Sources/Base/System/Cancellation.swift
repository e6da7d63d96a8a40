// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Synchronization

/// Ends guests early: `cancel` kills every guest that was given this object, and also those that start later.
package final class Cancellation: Sendable {
    private let reason = Mutex<Fault?>(nil)
    /// Becomes readable on cancellation and stays so; guests poll it together with their consoles.
    package let descriptor: CInt
    private let writer: CInt

    package init() throws {
        var ends: [CInt] = [-1, -1]
        let error = walkback_pipe(&ends)
        guard error == 0 else {
            throw Fault(.failed, "cannot watch for an interruption: \(Files.describe(errno: error))")
        }
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// Ends the guests' runs with `fault`. Only the first call counts.
    package func cancel(_ fault: Fault = Fault(.failed, "interrupted")) {
        reason.withLock { reason in
            guard reason == nil else { return }
            reason = fault
            // Nobody reads it, so one byte is enough for everyone, and an empty pipe always accepts it.
            _ = write(writer, [1], 1)
        }
    }

    /// The reason, if cancelled.
    package var fault: Fault? { reason.withLock { $0 } }
}
