// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc

/// A dedicated thread for work that blocks, or that must not depend on the life of another thread: a guest is killed
/// when the thread that started it ends, so a thread of a pool must not start one.
package enum DedicatedThread {
    /// Runs `body` on a new thread and waits for it.
    package static func run<Outcome: Sendable>(_ body: @escaping @Sendable () -> Outcome) throws -> Outcome {
        let thread = try start(body)
        return thread.wait()
    }

    /// Runs `body` on a new thread, which the caller must wait for.
    package static func start<Outcome: Sendable>(_ body: @escaping @Sendable () -> Outcome) throws -> Running<Outcome> {
        let work = Work(body)
        let reference = Unmanaged.passRetained(work as AnyWork)
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<AnyWork>.fromOpaque(argument).takeRetainedValue().perform() }
                return nil
            }, reference.toOpaque())
        guard error == 0 else {
            reference.release()
            throw Fault(.failed, "cannot start a thread: \(String(cString: strerror(error))); use fewer --jobs")
        }
        return Running(thread: thread, work: work)
    }

    package struct Running<Outcome: Sendable> {
        fileprivate let thread: pthread_t
        fileprivate let work: Work<Outcome>

        package func wait() -> Outcome {
            pthread_join(thread, nil)
            return work.takeOutcome()
        }
    }

    fileprivate class AnyWork {
        func perform() {}
    }

    fileprivate final class Work<Outcome: Sendable>: AnyWork {
        private let body: @Sendable () -> Outcome
        private var outcome: Outcome?

        init(_ body: @escaping @Sendable () -> Outcome) {
            self.body = body
        }

        override func perform() {
            outcome = body()
        }

        /// Call this after the thread was joined; `perform` ran on it exactly once.
        func takeOutcome() -> Outcome {
            // If no thread has run the work, it is done here, so that there is always an outcome.
            outcome ?? body()
        }
    }
}
