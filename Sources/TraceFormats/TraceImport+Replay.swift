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
            switch path.queue {
            case .bytes(let size): words.append("--queue \(path.name)=\(size.bytes)B")
            case .time(let time): words.append("--queue \(path.name)=\(milliseconds(time))")
            case nil: break
            }
        }
        if let detachAfter = options.detachAfter {
            words.append("--detach-after \(FixedPoint.text(detachAfter.wholeNanoseconds, decimals: 9))")
        }
        return words.joined(separator: " ")
    }

    private static func milliseconds(_ time: Duration) -> String {
        FixedPoint.text(time.wholeNanoseconds, decimals: 6) + "ms"
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// A replay of the imported paths that says every default aloud.
    static func replayText(_ options: Options, command: String) -> String {
        let names = options.paths.map(\.name)
        let strategies =
            names.map { "tcp-\($0)" } + names.map { "tcp-\($0)-reconnect" }
            + (names.count > 1 ? ["optimal-built"] : []) + ["mptcp"]
        let attachment =
            options.detachAfter == nil
            ? "Attached throughout: a second without data is a link that carries nothing."
            : "Long enough runs of seconds without data are detachments."
        var text = """
            # Made by: \(command)
            # \(attachment)
            # Both mobility delays are 0: what was measured contains the time to notice a loss and to get an address.
            name: \(options.name)
            paths:

            """
        for path in options.paths {
            text += "  \(path.name): {kind: \(path.kind.rawValue), trace: \(traceFileName(path.name))}\n"
        }
        text += """
            workload: {kind: download, duration: trace}
            strategies: [\(strategies.joined(separator: ", "))]
            seeds: 10
            mobility: {mode: informed, detection: 0ms, acquisition: 0ms}
            oracle: {window: 10s}
            transport: {congestion_control: cubic, receive_buffer: 6MB, send_buffer: 4MB}

            """
        return text
    }
}
