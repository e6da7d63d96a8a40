// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import System
import SystemPackage
import TraceFormats
import Traces

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert a path trace to the format of another program.",
        discussion: """
            Example: walkback export Replays/indoor-walk.wifi.trace.csv --format mahimahi --output wifi

            This writes wifi.down and wifi.up for mm-link. Each line is the millisecond at which the path could have \
            carried one more packet of 1500 bytes.

            Formats:
            \(TraceFormats.list(TraceFormats.writable))
            """)

    @Argument(help: "Trace, for example NAME.trace.csv, or a file of another format that holds a whole path.")
    var trace: String

    @Option(help: "Format to write: \(TraceFormats.names(TraceFormats.writable)).")
    var format: String

    @Option(help: "Only direction to write: down or up. OUTPUT is then the exact name of the file.")
    var direction: String?

    @Option(help: "File to write, or FILE for FILE.down and FILE.up if the format has one file for each direction.")
    var output: String

    func run() throws {
        guard let format = TraceFormats.writable.first(where: { $0.name == self.format }) else {
            throw Fault(
                .usage,
                "--format \(self.format) is not known; the formats are \(TraceFormats.names(TraceFormats.writable))")
        }
        var direction: Direction?
        if let word = self.direction {
            guard let known = Direction(rawValue: word) else {
                throw Fault(.usage, "--direction \(word) is not known; write down or up")
            }
            direction = known
        }
        let (directory, _) = try HeldDirectory.holding(FilePath(output))
        var staged: [(file: String, name: String)] = []
        do {
            try TraceExport.forEachFile(trace, as: format, direction, to: output) { file, written in
                let name = try HeldDirectory.holding(FilePath(file)).name
                staged.append((file, name))
                try directory.stage(name, written.bytes)
                for loss in written.losses { Walkback.print(standardError: "note: \(loss)") }
            }
            try directory.place(staged.map(\.name))
        } catch {
            directory.discard(staged.map(\.name))
            throw error
        }
        for (file, _) in staged { Walkback.write("\(file)\n", to: 1) }
    }
}
