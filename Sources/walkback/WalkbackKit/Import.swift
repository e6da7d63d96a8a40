// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Quantities
import Replays
import System
import SystemPackage
import TraceFormats

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert traces of other programs to path traces and a replay.",
        discussion: """
            Example: walkback import wifi=walk_wifi.csv cellular=walk_cell.csv --rtt wifi=15ms --detach-after 2 \
            --output my-walk

            These files have one line for each second, with the columns second,bytes_per_second as measured above TCP. \
            Walkback assumes values for what the files do not contain. Documentation/formats.md lists these \
            assumptions, and the traces that are written show the values.

            Example: walkback import cellular=ATT.down,ATT.up --format mahimahi --duration 300s --output my-drive

            Files of mm-link are kept unchanged: the link follows them opportunity by opportunity, and starts again \
            from the beginning at the end of a file.

            Formats:
            \(TraceFormats.list(TraceFormats.all))
            """)

    @Argument(help: "PATH[:KIND]=DOWN[,UP]: name of a path, its kind (wifi, cellular or other) and its files.")
    var paths: [String]

    @Option(
        help:
            "Format of the files: \(TraceFormats.names(TraceFormats.all)). (default: detected from each file's start)"
    )
    var format: String?

    @Option(help: "Round-trip time of a path without queueing, for example wifi=20ms.")
    var rtt: [String] = []

    @Option(help: "Queue of a path in bytes or time, for example wifi=100kB or cellular=50ms.")
    var queue: [String] = []

    @Option(
        help: """
            Seconds at rate zero after which a path counts as detached. Without this option every path is attached \
            throughout.
            """)
    var detachAfter: Double?

    @Option(
        help:
            "Length of the walk, for example 300s; only for \(Import.repeating). (default: length of the shortest file)"
    )
    var duration: String?

    @Option(help: "Name of the replay.")
    var name: String?

    @Option(help: "Directory for the traces and replay.yaml; it must be new or empty, or hold an earlier import.")
    var output: String

    private static var repeating: String { TraceFormats.names(TraceFormats.all.filter(\.repeats)) }

    func run() throws {
        let format = try format.map { name in
            guard let format = TraceFormats.named(name) else {
                throw Fault(
                    .usage, "--format \(name) is not known; the formats are \(TraceFormats.names(TraceFormats.all))")
            }
            return format
        }
        var specifications = try paths.map(PathSpecification.init(parsing:))
        for option in rtt {
            let (index, value) = try Self.assignment(option, to: specifications, option: "--rtt")
            guard let time = Duration(text: value) else {
                throw Fault(.usage, "--rtt \(option): '\(value)' is not a time; write it with its unit, like 20ms")
            }
            specifications[index].roundTrip = time
        }
        for option in queue {
            let (index, value) = try Self.assignment(option, to: specifications, option: "--queue")
            guard let size = PathSpecification.QueueSize(text: value) else {
                throw Fault(.usage, "--queue \(option): '\(value)' is not a size; write it like 100kB or 50ms")
            }
            specifications[index].queue = size
        }
        let result = try TraceImport(
            TraceImport.Options(
                name: name ?? FilePath(output).lastComponent?.string ?? "import", paths: specifications, format: format,
                detachAfter: try detachmentTime(), duration: try walkDuration()))
        for note in result.notes { Walkback.print(standardError: "note: \(note)") }
        let written = try TextDirectory.write(result.files, to: FilePath(output), mark: TraceImport.replayFileName)
        Walkback.write("walkback compare \(written.appending(TraceImport.replayFileName))\n", to: 1)
    }

    private func detachmentTime() throws -> Duration? {
        guard let detachAfter else { return nil }
        guard detachAfter > 0, let time = Duration(exactlySeconds: detachAfter) else {
            throw Fault(.usage, "--detach-after must be a number of seconds above 0")
        }
        return time
    }

    private func walkDuration() throws -> Duration? {
        guard let duration else { return nil }
        guard let time = Duration(text: duration) else {
            throw Fault(.usage, "--duration \(duration) is not a time; write it with its unit, like 300s")
        }
        return time
    }

    /// Parses `PATH=VALUE` into the index of that path and the value.
    private static func assignment(
        _ text: String, to paths: [PathSpecification], option: String
    ) throws -> (index: Int, value: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let index = paths.firstIndex(where: { $0.name == parts[0] }) else {
            let names = paths.map(\.name).joined(separator: ", ")
            throw Fault(
                .usage, "\(option) \(text) names no path; write \(option) PATH=VALUE, where PATH is one of \(names)")
        }
        return (index, parts[1])
    }
}
