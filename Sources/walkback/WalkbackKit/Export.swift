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
        abstract: "Turn a path trace into another program's format.",
        discussion: """
            Example: walkback export Replays/indoor-walk.wifi.trace.csv --format mahimahi --output wifi

            writes wifi.down and wifi.up for mm-link: one line for each packet of 1500 bytes that the path could have \
            carried, with the millisecond at which it could.

            Formats:
            \(TraceFormats.list(TraceFormats.writable))
            """)

    @Argument(help: "The trace, as NAME.trace.csv, or a file of another format that holds a whole path.")
    var trace: String

    @Option(help: "What to write: \(TraceFormats.names(TraceFormats.writable)).")
    var format: String

    @Option(help: "down or up: that direction alone, in a file of exactly this name.")
    var direction: String?

    @Option(help: "The file; FILE.down and FILE.up if the format has a file for each direction.")
    var output: String

    func run() throws {
        guard let format = TraceFormats.writable.first(where: { $0.name == self.format }) else {
            throw Fault(
                .usage,
                "--format \(self.format) is not known; there are \(TraceFormats.names(TraceFormats.writable))")
        }
        var direction: Direction?
        if let word = self.direction {
            guard let known = Direction(rawValue: word) else {
                throw Fault(.usage, "--direction \(word) is not known; write down or up")
            }
            direction = known
        }
        let written = try TraceExport.files(trace, as: format, direction, to: output)
        for file in written {
            for loss in file.trace.losses { Walkback.print(standardError: "note: \(loss)") }
        }
        for file in written {
            try OutputDirectory.replace(FilePath(file.name), with: file.trace.bytes)
            Walkback.write("\(file.name)\n", to: 1)
        }
    }
}
