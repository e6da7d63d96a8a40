// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Synchronization

/// Ends guests early: every guest that was given it is killed once `cancel` was called, those yet to start as well.
package final class Cancellation: Sendable {
    private let reason = Mutex<Fault?>(nil)
    /// Becomes readable for good when cancelled; guests poll it beside their consoles.
    package let descriptor: CInt
    private let writer: CInt

    package init() throws {
        var ends: [CInt] = [-1, -1]
        let error = walkback_pipe(&ends)
        guard error == 0 else {
            throw Fault(.failed, "cannot watch for interruption: \(Files.describe(errno: error))")
        }
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    /// The guests' runs end with `fault`. Only the first call counts.
    package func cancel(_ fault: Fault = Fault(.failed, "interrupted")) {
        reason.withLock { reason in
            guard reason == nil else { return }
            reason = fault
            // Never read, so one byte is enough for everyone; an empty pipe takes it always.
            _ = write(writer, [1], 1)
        }
    }

    /// Why, where it was cancelled.
    package var fault: Fault? { reason.withLock { $0 } }
}
