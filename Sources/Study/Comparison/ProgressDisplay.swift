// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Kernels
import Quantities
import Synchronization
import System

/// Shows the progress of the runs on standard error: one line that is rewritten on a terminal, else a line for each
/// finished run.
///
/// Real time appears only here and in the run log.
package final class ProgressDisplay: Sendable {
    private struct State {
        var finished = 0
        var reached: [String: Duration] = [:]
        var began: [String: ContinuousClock.Instant] = [:]
        var took: [(id: String, real: Duration)] = []
        var lastLine = ContinuousClock.now - .seconds(1)
    }

    private let total: Int
    private let runDuration: Duration
    private let onTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    package init(runs total: Int, runDuration: Duration) {
        self.total = total
        self.runDuration = runDuration
    }

    package func take(_ id: String, _ progress: GuestPool.Progress) {
        let line: String? = state.withLock { state in
            let now = ContinuousClock.now
            switch progress {
            case .started:
                state.began[id] = now
            case .time(let time):
                state.reached[id] = time
            case .note(let text):
                return Shown.line("\(id): \(text)") + "\n"
            case .failed(let fault):
                state.reached[id] = nil
                return (onTerminal ? clear : "") + Shown.line("\(id) failed: \(fault.withoutLog.message)") + "\n"
            case .finished:
                state.finished += 1
                state.reached[id] = nil
                let real = state.began[id].map { now - $0 } ?? .zero
                state.took.append((id, real))
                if !onTerminal { return "\(finishedLine(id, real: real)) \(summary(state, now: now))\n" }
            }
            guard onTerminal, now - state.lastLine > .milliseconds(200) || state.finished == total else { return nil }
            state.lastLine = now
            return clear + summary(state, now: now)
        }
        if let line { Self.print(line) }
    }

    /// Ends the line that is being rewritten.
    package func end() {
        if onTerminal { Self.print(clear) }
    }

    /// Real seconds of each run that finished, in the order of their ids.
    var realTimes: [(id: String, real: Duration)] {
        state.withLock { $0.took.sorted { $0.id < $1.id } }
    }

    private let clear = "\r\u{1B}[K"

    private func finishedLine(_ id: String, real: Duration) -> String {
        "\(id): \(runDuration.seconds.text(decimals: 0)) s in \(real.seconds.text(decimals: 1)) s "
            + "(\((runDuration.seconds / max(real.seconds, 0.001)).text(decimals: 0))x)"
    }

    private func summary(_ state: State, now: ContinuousClock.Instant) -> String {
        let real = max((now - start).seconds, 0.001)
        let done = Double(state.finished) * runDuration.seconds + state.reached.values.map(\.seconds).reduce(0, +)
        let all = Double(total) * runDuration.seconds
        var text =
            "\(state.finished) of \(total) runs, \(done.text(decimals: 0)) of \(all.text(decimals: 0)) s of "
            + "virtual time, "
        text += "\((done / real).text(decimals: 0))x real time"
        if done > 0 { text += ", \(((all - done) / done * real).text(decimals: 0)) s left" }
        return text
    }

    private static func print(_ text: String) {
        // There is no place to complain about standard error.
        try? StandardStream.write(Array(text.utf8)[...], to: 2)
    }
}
