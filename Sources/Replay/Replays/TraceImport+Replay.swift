// SPDX-License-Identifier: Apache-2.0
import Quantities
import System
import TraceFormats
import Traces

extension TraceImport {
    /// The text of a replay of the imported paths.
    package var replay: String {
        let attachment =
            options.detachAfter == nil
            ? "Attached throughout: a time without data is a link that carries nothing."
            : "Long enough times without data are detachments."
        return ReplayText.text(
            name: options.name, command: command, comments: [attachment],
            paths: options.paths.map { path in
                let trace = traces.first { $0.name == path.name && $0.opportunities != nil }
                let source = trace.map { opportunities(of: path, $0) } ?? "trace: \(Self.traceFileName(path.name))"
                return (path.name, path.kind, source)
            })
    }

    /// Every file of the output directory, by name, in the order in which to write them. The replay is last, so that a
    /// directory that contains a replay is complete.
    package var files: [TextDirectory.File] {
        traceFiles + [TextDirectory.File(Self.replayFileName, text: replay)]
    }

    private func opportunities(of path: PathSpecification, _ trace: PathTrace) -> String {
        let directions: [Direction] = path.up == nil ? [.down] : Direction.allCases
        let files = directions.map { Self.opportunityFileName(path.name, $0) }
        let first = trace.samples[0]
        var words = [
            "opportunities: [\(files.joined(separator: ", "))]", "duration: \(Self.seconds(trace.duration))",
            "rtt: \(Self.milliseconds(first.down.delay + first.up.delay))", "queue_down: \(trace.queueDown.bytes)B",
            "queue_up: \(trace.queueUp.bytes)B",
        ]
        if let detachAfter = options.detachAfter { words.append("detach_after: \(Self.seconds(detachAfter))") }
        return words.joined(separator: ", ")
    }
}
