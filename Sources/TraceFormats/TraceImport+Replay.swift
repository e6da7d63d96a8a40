import Traces
import Units

extension TraceImport {
    /// The command that makes the same files again, with the inputs' own names and not their directories: the traces
    /// name it, and where somebody keeps the recordings must not change a result's digest.
    static func command(_ options: Options) -> String {
        var words = ["walkback import"]
        for path in options.paths {
            let files = [path.down, path.up].compactMap { $0.map(lastComponent) }
            words.append("\(path.name):\(path.kind.rawValue)=\(files.joined(separator: ","))")
        }
        words.append("--format \(options.format.rawValue)")
        for path in options.paths {
            if let roundTrip = path.roundTrip { words.append("--rtt \(path.name)=\(milliseconds(roundTrip))") }
        }
        for path in options.paths {
            if let queue = path.queue { words.append(queue.option(path.name)) }
        }
        if let detachAfter = options.detachAfter {
            words.append("--detach-after \(FixedPoint.text(detachAfter.wholeNanoseconds, decimals: 9))")
        }
        if let duration = options.duration { words.append("--duration \(seconds(duration))") }
        return words.joined(separator: " ")
    }

    private static func seconds(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 9) + "s"
    }

    private static func milliseconds(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 6) + "ms"
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A replay of the imported paths.
    static func replayText(_ options: Options, traces: [PathTrace], command: String) -> String {
        let attachment =
            options.detachAfter == nil
            ? "Attached throughout: a time without data is a link that carries nothing."
            : "Long enough times without data are detachments."
        return replayText(
            name: options.name, command: command, comments: [attachment],
            paths: options.paths.map { path in
                let trace = traces.first { $0.name == path.name && $0.opportunities != nil }
                let source = trace.map { opportunities(of: path, $0, options) } ?? "trace: \(traceFileName(path.name))"
                return (path.name, path.kind, source)
            })
    }

    /// A replay of measured paths that says every default aloud.
    ///
    /// - Parameter paths: each with what names its trace, as `trace: wifi.trace.csv`.
    package static func replayText(
        name: String, command: String, comments: [String], paths: [(name: String, kind: PathKind, source: String)]
    ) -> String {
        let names = paths.map(\.name)
        let strategies =
            names.map { "tcp-\($0)" } + names.map { "tcp-\($0)-reconnect" }
            + (names.count > 1 ? ["optimal-built"] : []) + ["mptcp"]
        let head =
            ["Made by: \(command)"] + comments + [
                "Both mobility delays are 0: what was measured contains the time to notice a loss and to get an address."
            ]
        return head.map { "# \($0)\n" }.joined() + "name: \(name)\npaths:\n"
            + paths.map { "  \($0.name): {kind: \($0.kind.rawValue), \($0.source)}\n" }.joined()
                + """
                workload: {kind: download, duration: trace}
                strategies: [\(strategies.joined(separator: ", "))]
                seeds: 10
                mobility: {mode: informed, detection: 0ms, acquisition: 0ms}
                oracle: {window: 10s}
                transport: {congestion_control: cubic, receive_buffer: 6MB, send_buffer: 4MB}

                """
    }

    private static func opportunities(of path: PathSpecification, _ trace: PathTrace, _ options: Options) -> String {
        let directions: [Direction] = path.up == nil ? [.down] : Direction.allCases
        let files = directions.map { opportunityFileName(path.name, $0) }
        let first = trace.samples[0]
        var words = [
            "opportunities: [\(files.joined(separator: ", "))]", "duration: \(seconds(trace.duration))",
            "rtt: \(milliseconds(first.down.delay + first.up.delay))", "queue_down: \(trace.queueDown.bytes)B",
            "queue_up: \(trace.queueUp.bytes)B",
        ]
        if let detachAfter = options.detachAfter { words.append("detach_after: \(seconds(detachAfter))") }
        return words.joined(separator: ", ")
    }

    /// The paths of files that begin anew, and the files.
    static func opportunities(
        _ options: Options, command: String
    ) throws -> ([PathTrace], files: [(name: String, text: String)]) {
        var files: [(name: String, text: String)] = []
        var read: [(path: PathSpecification, down: Opportunities, up: Opportunities?)] = []
        for path in options.paths {
            var both: [Opportunities] = []
            for (direction, name) in zip(Direction.allCases, [path.down, path.up].compactMap { $0 }) {
                let file = try InputFile.read(name)
                both.append(try OpportunityFile.parse(file))
                files.append((opportunityFileName(path.name, direction), try file.text()))
            }
            read.append((path, both[0], both.count > 1 ? both[1] : nil))
        }
        let shortest = read.flatMap { [$0.down, $0.up].compactMap { $0?.period } }.min() ?? .zero
        let traces = read.map { path, down, up in
            PathTrace(
                name: path.name, kind: path.kind, duration: options.duration ?? shortest,
                opportunities: PathOpportunities(down: down, up: up ?? down.third()),
                roundTrip: path.roundTrip ?? TraceDefaults.roundTrip(of: path.kind) ?? .zero,
                detachAfter: options.detachAfter, source: command)
        }
        return (traces, files)
    }
}
