// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Synchronization
import System

/// Executes many runs, several at a time.
package struct GuestPool: Sendable {
    /// The progress of a run, reported on the run's own thread.
    package enum Progress: Sendable, Equatable {
        case started
        /// How far the run's clock has advanced.
        case time(Duration)
        /// A diagnostic from the run.
        case note(String)
        case finished
        case failed(Fault)
    }

    /// Number of runs at a time, at least one.
    package var width: Int
    /// Whether the first fault ends the other runs.
    package var stopsAtFirstFault: Bool

    package init(width: Int, stopsAtFirstFault: Bool = true) {
        self.width = max(1, width)
        self.stopsAtFirstFault = stopsAtFirstFault
    }

    /// Executes one job's run plan and reports its progress.
    package static func execute(
        _ job: GuestJob, on kernel: Kernel, cancellation: Cancellation,
        progress: @escaping @Sendable (_ id: String, Progress) -> Void
    ) throws -> RunRecord {
        progress(job.id, .started)
        do {
            let record = try kernel.record(of: job, cancellation: cancellation) { line in
                switch line {
                case .time(let time): progress(job.id, .time(time))
                case .note(let text): progress(job.id, .note(text))
                case .text: break
                }
            }
            progress(job.id, .finished)
            return record
        } catch {
            let fault = fault(error)
            progress(job.id, .failed(fault))
            throw fault
        }
    }

    /// Calls `body` for every job, at most `width` at a time, each on a thread of its own; results are in the jobs'
    /// order.
    package func map<Job: Sendable, Outcome: Sendable>(
        _ jobs: [Job], cancellation: Cancellation,
        _ body: @escaping @Sendable (Job, Cancellation) throws -> Outcome
    ) throws -> [Result<Outcome, Fault>] {
        let shared = Shared<Outcome>(count: jobs.count)
        let stops = stopsAtFirstFault
        var threads: [DedicatedThread.Running<Void>] = []
        var unstarted: Fault?
        for _ in 0..<min(width, jobs.count) {
            do {
                threads.append(
                    try DedicatedThread.start {
                        while cancellation.fault == nil, let index = shared.take() {
                            do {
                                shared.set(.success(try body(jobs[index], cancellation)), at: index)
                            } catch {
                                shared.set(.failure(Self.fault(error)), at: index)
                                if stops { cancellation.cancel(Self.fault(error)) }
                            }
                        }
                    })
            } catch {
                // With at least one thread all the work still gets done, only later.
                unstarted = Self.fault(error)
            }
        }
        if threads.isEmpty, let unstarted { throw unstarted }
        for thread in threads { thread.wait() }
        if let fault = cancellation.fault { throw fault }
        return shared.results
    }

    private static func fault(_ error: any Error) -> Fault {
        error as? Fault ?? Fault(.failed, "\(error)")
    }

    private final class Shared<Outcome: Sendable>: Sendable {
        private struct State {
            var next = 0
            var results: [Result<Outcome, Fault>]
        }

        private let state: Mutex<State>
        private let count: Int

        init(count: Int) {
            self.count = count
            let unrun = Fault(.failed, "the run was not started")
            state = Mutex(State(results: Array(repeating: .failure(unrun), count: count)))
        }

        func take() -> Int? {
            state.withLock { state in
                guard state.next < count else { return nil }
                state.next += 1
                return state.next - 1
            }
        }

        func set(_ result: Result<Outcome, Fault>, at index: Int) {
            state.withLock { $0.results[index] = result }
        }

        var results: [Result<Outcome, Fault>] { state.withLock { $0.results } }
    }
}
