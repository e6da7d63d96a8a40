// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Derivation
import Determinism
import Documents
import Glibc
import Quantities
import Replays
import System
import SystemPackage
import TraceFormats

struct Derive: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn captures of a walk into path traces and a replay.",
        discussion: """
            Example: walkback derive walk.pcapng --output my-walk
            Example: walkback derive wifi=wlan0.pcap cellular=rmnet0.pcap --detach-after 2s --output my-walk
            Example: walkback derive walk.pcapng --predict walk.pcapng --output my-walk

            Each interface becomes a path. Documentation/captures.md explains how capacity, round-trip times, loss and \
            attachment are derived, and which results are only lower bounds. --predict replays the parts of the walk \
            in which a live bulk transfer over TCP or MPTCP was captured, and prints the predicted goodput next to \
            the live goodput.
            """)

    @Argument(
        help: "[PATH[:KIND]=]FILE: a capture. PATH and KIND replace the name and kind that follow from the interface.")
    var captures: [String]

    @Option(
        help:
            """
            Estimate of capacity where demand did not fill the link: \
            \(Filling.allCases.map(\.rawValue).joined(separator: ", ")).
            """
    )
    var fill: String = Filling.hold.rawValue

    @Option(help: "Length of a row of the traces; it must divide a second.")
    var bin: String = "100ms"

    @Option(
        help: """
            Shortest silence in both directions that counts as a detachment, for example 2s. Without this option only \
            recorded events detach a path.
            """)
    var detachAfter: String?

    @Option(
        help:
            "Alignment: 'start' makes all captures start together; FILE=TIME adds TIME, like -1.5s, to a file's stamps."
    )
    var align: [String] = []

    @Option(
        help:
            "Queue of a path, like cellular=450kB or wifi=50ms. (default: estimated from the capture)"
    )
    var queue: [String] = []

    @Option(help: "Name of the replay.")
    var name: String?

    @Option(help: "Directory for the traces and replay.yaml; it must be new or empty, or hold an earlier derivation.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "[PATH=]FILE: a capture of live bulk transfers to predict; it may also be one of CAPTURES.",
            discussion: "May be repeated. The result is also written to prediction.json in the output directory."))
    var predict: [String] = []

    @Option(help: "With --predict: number of seeds; seeds 1 to N are run.")
    var seeds = 3

    @Option(help: "With --predict: number of runs at a time. (default: the number of cores)")
    var jobs: Int?

    @Option(help: "With --predict: kernel: embedded, host, or the file of an embedded kernel.")
    var kernel = "embedded"

    @OptionGroup(title: "Containment of guests")
    var guests: GuestOptions

    @Flag(help: "With --predict: print prediction.json instead of the tables.")
    var json = false

    func validate() throws {
        if json, predict.isEmpty { throw ValidationError("--json needs --predict.") }
        if !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    }

    func run() throws {
        guard let filling = Filling(rawValue: fill) else {
            let ending = Suggestion.ending(for: fill, among: Filling.allCases.map(\.rawValue))
            throw Fault(.usage, "--fill \(fill) is not known\(ending)")
        }
        guard let bin = Duration(text: bin) else {
            throw Fault(.usage, "--bin \(self.bin) is not a time; write it with its unit, like 100ms")
        }
        let silence = try detachAfter.map { text in
            guard let time = Duration(text: text), time > .zero else {
                throw Fault(.usage, "--detach-after \(text) is not a time above 0; write it with its unit, like 2s")
            }
            return time
        }
        let sources = try captures.map(CaptureSource.init(parsing:))
        let live = try predict.map(CaptureSource.init(parsing:))
        var shifts = [Duration](repeating: .zero, count: sources.count + live.count)
        for option in align where option != "start" {
            let (indices, shift) = try Self.shift(option, sources + live)
            for index in indices { shifts[index] = shift }
        }
        let alignsStarts = align.contains("start")
        let result = try Derivation(
            Derivation.Options(
                name: name ?? FilePath(output).lastComponent?.string ?? "derived", sources: sources, filling: filling,
                bin: bin, detachAfter: silence, shifts: Array(shifts[..<sources.count]), alignsStarts: alignsStarts,
                queues: try queues()))
        var notes = result.notes
        let transfers =
            live.isEmpty
            ? []
            : try LiveTransfer.all(
                in: live, shifts: Array(shifts[sources.count...]), alignsStarts: alignsStarts, notes: &notes)
        for note in notes { Walkback.print(standardError: "note: \(note)") }
        let written = try TextDirectory.write(
            result.files, to: FilePath(output), mark: Derivation.replayFileName, results: [Prediction.fileName])
        let replay = written.appending(Derivation.replayFileName)
        if !json {
            Walkback.write(PathReport.table(result.reports).text, to: 1)
            Walkback.write("walkback compare \(replay)\n", to: 1)
        }
        if !transfers.isEmpty { try predict(transfers, result, replay, written) }
    }

    private func queues() throws -> [String: PathSpecification.QueueSize] {
        var queues: [String: PathSpecification.QueueSize] = [:]
        for option in queue {
            guard let equals = option.firstIndex(of: "="),
                let size = PathSpecification.QueueSize(text: String(option[option.index(after: equals)...]))
            else {
                throw Fault(
                    .usage, "--queue \(option) is not of the form PATH=SIZE; write it like cellular=450kB or wifi=50ms")
            }
            queues[String(option[..<equals])] = size
        }
        return queues
    }

    private func predict(
        _ transfers: [LiveTransfer], _ derivation: Derivation, _ replay: FilePath, _ output: FilePath
    ) throws {
        let cancellation = try Cancellation()
        try Interruption.cancel(cancellation)
        let request = PredictionRequest(
            replay: replay, output: output, transfers: transfers, derivation: derivation, seeds: seeds,
            jobs: jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), kernel: try guests.choice(of: kernel),
            walkbackVersion: Walkback.version)
        let prediction = try request.run(cancellation: cancellation) { Walkback.print(standardError: $0) }
        Walkback.write(json ? prediction.json.text : "\n" + prediction.table, to: 1)
        for doubt in prediction.doubts { Walkback.print(standardError: "not trustworthy: \(doubt)") }
        if !prediction.doubts.isEmpty { Glibc.exit(Documents.ExitCode.notTrustworthy.rawValue) }
    }

    /// Parses `FILE=TIME` into the indices of that file and the time, which may be negative.
    private static func shift(_ text: String, _ sources: [CaptureSource]) throws -> (indices: [Int], shift: Duration) {
        guard let equals = text.lastIndex(of: "=") else {
            throw Fault(.usage, "--align \(text) is neither 'start' nor FILE=TIME; write it like wlan0.pcap=-1.5s")
        }
        let file = String(text[..<equals])
        let value = text[text.index(after: equals)...]
        let indices = sources.indices.filter { sources[$0].file == file || sources[$0].name == file }
        guard !indices.isEmpty else {
            throw Fault(
                .usage,
                "--align \(text) names no capture; the captures are \(sources.map(\.file).joined(separator: ", "))")
        }
        let isNegative = value.first == "-"
        guard let time = Duration(text: String(isNegative || value.first == "+" ? value.dropFirst() : value)) else {
            throw Fault(.usage, "--align \(text): '\(value)' is not a time; write it with its unit, like -1.5s")
        }
        return (indices, isNegative ? .zero - time : time)
    }
}
