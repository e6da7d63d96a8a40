// SPDX-License-Identifier: Apache-2.0
import Glibc
import Quantities
import Recorder

/// Shows a recording on standard error: lines that are redrawn on a terminal, otherwise a few lines now and then.
final class RecordDisplay {
    private let isTerminal = isatty(2) == 1
    private var drawn = 0
    private var seconds = 0
    /// The interval between lines if they are not redrawn.
    private static let plainInterval = 10

    func say(_ note: String) {
        erase()
        Walkback.print(standardError: note)
    }

    func show(_ state: RecordingView.State) {
        let lines = RecordingView.lines(state)
        guard isTerminal else {
            if seconds % Self.plainInterval == 0 { for line in lines { Walkback.print(standardError: line) } }
            seconds += 1
            return
        }
        erase()
        for line in lines { Walkback.print(standardError: line) }
        drawn = lines.count
    }

    /// Ends the display; what was drawn last stays on the screen.
    func end() {
        drawn = 0
    }

    private func erase() {
        // Moves up by the lines that were drawn, and clears everything from there on.
        if drawn > 0 { Walkback.writeVerbatim(Array("\u{1b}[\(drawn)A\u{1b}[J".utf8)[...], to: 2) }
        drawn = 0
    }
}
