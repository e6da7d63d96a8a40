import ArgumentParser
import Comparison
import Derivation
import SystemPackage
import Units

struct Derive: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn captures of a walk into path traces and a replay.",
        discussion: """
            Example: walkback derive walk.pcapng --output my-walk
            Example: walkback derive wifi=wlan0.pcap cellular=rmnet0.pcap --detach-after 2s --output my-walk

            Each interface becomes a path. Documentation/captures.md says how capacity, round-trip times, loss and attachment \
            are derived, and what is only a lower bound.
            """)

    @Argument(
        help: "[PATH[:KIND]=]FILE: a capture, with the name and kind of its path where the interface's will not do.")
    var captures: [String]

    @Option(
        help:
            "Where demand did not fill the link: \(Filling.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var fill: String = Filling.hold.rawValue

    @Option(help: "How long a row of the traces holds; a part of a second.")
    var bin: String = "100ms"

    @Option(
        help: "Silence both ways of this length and more is a detachment, as 2s; without it only recorded events are.")
    var detachAfter: String?

    @Option(
        help:
            "'start': each capture's first packet is the same instant; or FILE=TIME, what to add to its stamps, as -1.5s."
    )
    var align: [String] = []

    @Option(help: "Name of the replay.")
    var name: String?

    @Option(help: "A directory for the traces and replay.yaml; it must be new or empty, or hold an earlier derivation.")
    var output: String

    func run() throws {
        guard let filling = Filling(rawValue: fill) else {
            let ending = Suggestion.ending(for: fill, among: Filling.allCases.map(\.rawValue))
            throw Fault(.usage, "--fill \(fill) is not known\(ending)")
        }
        guard let bin = Duration(text: bin) else {
            throw Fault(.usage, "--bin \(self.bin) is no time; write it with its unit, as 100ms")
        }
        let silence = try detachAfter.map { text in
            guard let time = Duration(text: text), time > .zero else {
                throw Fault(.usage, "--detach-after \(text) is no time above 0; write it with its unit, as 2s")
            }
            return time
        }
        let sources = try captures.map(CaptureSource.init(parsing:))
        var shifts = [Duration](repeating: .zero, count: sources.count)
        for option in align where option != "start" {
            let (index, shift) = try Self.shift(option, sources)
            shifts[index] = shift
        }
        let result = try Derivation(
            Derivation.Options(
                name: name ?? FilePath(output).lastComponent?.string ?? "derived", sources: sources, filling: filling,
                bin: bin, detachAfter: silence, shifts: shifts, alignsStarts: align.contains("start")))
        for note in result.notes { Walkback.print(standardError: "note: \(note)") }
        let written = try TextDirectory.write(result.files, to: FilePath(output), mark: Derivation.replayFileName)
        Walkback.write(PathReport.table(result.reports).text, to: 1)
        Walkback.write("walkback compare \(written.appending(Derivation.replayFileName))\n", to: 1)
    }

    /// `FILE=TIME` as the place of that file and the time, which may be negative.
    private static func shift(_ text: String, _ sources: [CaptureSource]) throws -> (index: Int, shift: Duration) {
        guard let equals = text.lastIndex(of: "=") else {
            throw Fault(.usage, "--align \(text) is neither 'start' nor FILE=TIME, as in --align wlan0.pcap=-1.5s")
        }
        let file = String(text[..<equals])
        let value = text[text.index(after: equals)...]
        guard let index = sources.firstIndex(where: { $0.file == file || $0.name == file }) else {
            throw Fault(
                .usage, "--align \(text) names no capture of these: \(sources.map(\.file).joined(separator: ", "))")
        }
        let isNegative = value.first == "-"
        guard let time = Duration(text: String(isNegative || value.first == "+" ? value.dropFirst() : value)) else {
            throw Fault(.usage, "--align \(text): '\(value)' is no time; write it with its unit, as -1.5s")
        }
        return (index, isNegative ? .zero - time : time)
    }
}
