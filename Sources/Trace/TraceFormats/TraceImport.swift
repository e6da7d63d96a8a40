import Determinism
import Documents
import Quantities
import Traces

/// Others' traces made into ours. Nothing is resampled.
package struct TraceImport: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        /// `second,bytes_per_second` (`PerSecondFile`).
        case perSecond = "per-second"
        /// Milliseconds of opportunities to send a packet (`OpportunityFile`).
        case mahimahi
    }

    package struct Options: Sendable {
        /// Of the replay.
        package var name: String
        package var paths: [PathSpecification]
        package var format: Format
        /// A run of zeros, both ways, of at least this length is a detachment from its start to its end. nil: attached
        /// throughout.
        package var detachAfter: Duration?
        /// Of the walk, where the format has files that begin anew; nil: the shortest of them once.
        package var duration: Duration?

        package init(
            name: String = "import", paths: [PathSpecification], format: Format = .perSecond,
            detachAfter: Duration? = nil, duration: Duration? = nil
        ) {
            self.name = name
            self.paths = paths
            self.format = format
            self.detachAfter = detachAfter
            self.duration = duration
        }
    }

    /// All of one length, in the order of the options.
    package let traces: [PathTrace]
    package let options: Options
    /// The command that makes the same files again.
    package let command: String
    /// What was cut off, as sentences for the user.
    package let notes: [String]

    package static let replayFileName = "replay.yaml"

    package static func traceFileName(_ path: String) -> String { "\(path).trace.csv" }

    /// Files of opportunities are kept as they are, under these names.
    package static func opportunityFileName(_ path: String, _ direction: Direction) -> String {
        "\(path).\(direction.rawValue)"
    }

    /// The files of the paths, by name: traces of ours, and files of opportunities as they were read.
    package var traceFiles: [(name: String, text: String)] {
        traces.filter { $0.opportunities == nil }.map { (Self.traceFileName($0.name), TraceFile.text(of: $0)) }
            + opportunityFiles
    }

    /// As they were read.
    private let opportunityFiles: [(name: String, text: String)]

    /// Reads the files that `options` name.
    ///
    /// - Throws: `Fault`: bad input as `path:line:column: message`, usage where the options do not fit together.
    package init(_ options: Options) throws {
        try Self.check(options)
        let command = Self.command(options)
        var traces: [PathTrace]
        switch options.format {
        case .perSecond:
            traces = try options.paths.map { try Self.trace(of: $0, options: options, command: command) }
            opportunityFiles = []
        case .mahimahi:
            (traces, opportunityFiles) = try Self.opportunities(options, command: command)
        }
        let shortest = traces.map(\.duration).min() ?? .zero
        var notes: [String] = []
        for (index, trace) in traces.enumerated() where trace.duration > shortest {
            let span = "\(trace.duration.seconds.text()) s to the shortest path's \(shortest.seconds.text()) s"
            notes.append("path '\(trace.name)' was cut from \(span)")
            traces[index] = trace.cut(to: shortest)
        }
        // By what remains: a queue follows the rates it serves.
        for (index, path) in options.paths.enumerated() {
            for direction in Direction.allCases {
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
            throw Fault(.usage, "no path to import; name at least one, as in 'wifi=wifi.csv'")
        }
        if let objection = ReplayName.objection(to: options.name) { throw Fault(.usage, objection) }
        var names: Set<String> = []
        for path in options.paths where !names.insert(path.name).inserted {
            throw Fault(.usage, "path '\(path.name)' is given twice; give each path a name of its own")
        }
        if let detachAfter = options.detachAfter, detachAfter <= .zero {
            throw Fault(.usage, "--detach-after must be above 0, as in '--detach-after 2s'")
        }
        if options.duration != nil, options.format != .mahimahi {
            throw Fault(
                .usage, "--duration is for --format mahimahi, whose files begin anew; others end where they end")
        }
        if let duration = options.duration, duration <= .zero || duration > TraceFile.largestDuration {
            throw Fault(.usage, "--duration must be above 0 and up to 48h, as in '--duration 300s'")
        }
        for path in options.paths where path.kind == .other && path.roundTrip == nil {
            throw Fault(
                .usage,
                "path '\(path.name)' is of kind 'other', for which no round-trip time is known; add --rtt "
                    + "\(path.name)=20ms"
            )
        }
        for path in options.paths {
            guard let roundTrip = path.roundTrip, roundTrip > TraceFile.largestDelay else { continue }
            throw Fault(
                .usage, "the round-trip time of path '\(path.name)' is above a minute; give it in ms, as in 20ms")
        }
    }

    private static func trace(of path: PathSpecification, options: Options, command: String) throws -> PathTrace {
        let down = try PerSecondFile.read(path.down).rates.map(TraceDefaults.capacity)
        let up =
            try path.up.map { try PerSecondFile.read($0).rates.map(TraceDefaults.capacity) }
            ?? down.map(TraceDefaults.uplink)
        let count = min(down.count, up.count)
        let roundTrip = path.roundTrip ?? TraceDefaults.roundTrip(of: path.kind) ?? .zero
        let delayDown = Duration.nanoseconds(roundTrip.wholeNanoseconds / 2)
        var samples = (0..<count).map { second in
            PathTrace.Sample(
                time: .seconds(second), down: .init(rate: down[second], delay: delayDown),
                up: .init(rate: up[second], delay: roundTrip - delayDown))
        }
        if let detachAfter = options.detachAfter { detach(&samples, after: detachAfter) }
        return PathTrace(
            name: path.name, kind: path.kind, duration: .seconds(count), queueDown: .zero, queueUp: .zero,
            source: command,
            samples: samples)
    }

    /// Turns each run of zeros of at least `span` into a detachment; `samples` are a second each.
    private static func detach(_ samples: inout [PathTrace.Sample], after span: Duration) {
        var start = 0
        while start < samples.count {
            var end = start
            while end < samples.count, samples[end].down.rate == .zero, samples[end].up.rate == .zero { end += 1 }
            if end > start, .seconds(end - start) >= span {
                for index in start..<end { samples[index].attached = false }
            }
            start = max(end, start + 1)
        }
    }
}
