// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import System
import Traces

/// Converts traces of other formats into Walkback's. Nothing is resampled.
package struct TraceImport: Sendable {
    package struct Options: Sendable {
        /// The replay's name.
        package var name: String
        package var paths: [PathSpecification]
        /// The format of every file; nil: detect it from the beginning of each file.
        package var format: (any TraceFormat)?
        /// If both directions are zero for at least this long, the path is detached for that time. nil: attached
        /// throughout.
        package var detachAfter: Duration?
        /// The walk's duration, if the formats repeat; nil: the shortest file, played once.
        package var duration: Duration?

        package init(
            name: String = "import", paths: [PathSpecification], format: (any TraceFormat)? = nil,
            detachAfter: Duration? = nil, duration: Duration? = nil
        ) {
            self.name = name
            self.paths = paths
            self.format = format
            self.detachAfter = detachAfter
            self.duration = duration
        }
    }

    /// The traces, all of the same length, in the order of the options.
    package let traces: [PathTrace]
    package let options: Options
    /// The command that makes the same files again.
    package let command: String
    /// Describes what was cut off, as sentences for the user.
    package let notes: [String]

    package static let replayFileName = "replay.yaml"

    package static func traceFileName(_ path: String) -> String { "\(path).trace.csv" }

    /// The name under which an opportunity file is kept, unchanged.
    package static func opportunityFileName(_ path: String, _ direction: Direction) -> String {
        "\(path).\(direction.rawValue)"
    }

    /// The files of the paths, by name: traces in Walkback's format, and opportunity files as they were read.
    package var traceFiles: [TextDirectory.File] {
        traces.filter { $0.opportunities == nil }.map { trace in
            TextDirectory.File(Self.traceFileName(trace.name)) { try TraceFile.write(trace, to: $0) }
        } + opportunityFiles
    }

    /// The opportunity files as they were read.
    private let opportunityFiles: [TextDirectory.File]

    /// Reads the files that `options` name.
    ///
    /// - Throws: `Fault`: bad input as `path:line:column: message`; usage if the options do not fit together.
    package init(_ options: Options) throws {
        try Self.check(options)
        var memory = WalkMemory()
        var sources: [PathSource] = []
        for path in options.paths { sources.append(try PathSource(path, options.format, &memory)) }
        try Self.checkDuration(options, sources.flatMap(\.formats))
        let command = Self.command(options, sources.flatMap(\.formats))
        let periods = sources.compactMap(\.period)
        let period = options.duration ?? periods.min()
        var traces: [PathTrace] = []
        for index in sources.indices {
            traces.append(
                try sources[index].takeTrace(
                    until: period, detachAfter: options.detachAfter, source: command, &memory))
        }
        opportunityFiles = sources.flatMap(\.opportunityFiles)
        let shortest = traces.map(\.duration).min() ?? .zero
        var notes = sources.flatMap(\.notes)
        for index in traces.indices where traces[index].duration > shortest {
            let span =
                "\(traces[index].duration.seconds.text()) s to \(shortest.seconds.text()) s, "
                + "the length of the shortest path"
            notes.append("path '\(traces[index].name)' was shortened from \(span)")
            traces[index].shorten(to: shortest)
        }
        // Queue sizes are computed after the traces are cut, because a queue depends on the rates it serves.
        for (index, path) in options.paths.enumerated() {
            for direction in Direction.allCases where path.queue != nil || !sources[index].hasQueues {
                let queue =
                    path.queue?.bytes(of: traces[index], direction) ?? TraceDefaults.queue(of: traces[index], direction)
                if direction == .down { traces[index].queueDown = queue } else { traces[index].queueUp = queue }
            }
        }
        self.traces = traces
        self.notes = notes
        self.options = options
        self.command = command
    }

    private static func check(_ options: Options) throws {
        guard !options.paths.isEmpty else {
            throw Fault(.usage, "there is no path to import; name at least one, as in 'wifi=wifi.csv'")
        }
        if let objection = ReplayName.objection(to: options.name) { throw Fault(.usage, objection) }
        var names: Set<String> = []
        for path in options.paths where !names.insert(path.name).inserted {
            throw Fault(.usage, "path '\(path.name)' is given twice; give each path its own name")
        }
        if let detachAfter = options.detachAfter, detachAfter <= .zero {
            throw Fault(.usage, "--detach-after must be a number of seconds above 0; write it like '--detach-after 2'")
        }
        if let format = options.format { try checkDuration(options, [format]) }
        if let duration = options.duration, duration <= .zero || duration > TraceFile.largestDuration {
            throw Fault(.usage, "--duration must be above 0 and up to 48h; write it like '--duration 300s'")
        }
        for path in options.paths {
            guard let roundTrip = path.roundTrip, roundTrip > TraceFile.largestDelay else { continue }
            throw Fault(
                .usage, "the round-trip time of path '\(path.name)' is above one minute; write it in ms, like 20ms")
        }
    }

    private static func checkDuration(_ options: Options, _ formats: [any TraceFormat]) throws {
        guard options.duration != nil, !formats.allSatisfy(\.repeats) else { return }
        let repeating = TraceFormats.all.filter(\.repeats).map(\.name).joined(separator: " or ")
        throw Fault(
            .usage, "--duration needs --format \(repeating), whose files can be repeated; leave it out")
    }
}
