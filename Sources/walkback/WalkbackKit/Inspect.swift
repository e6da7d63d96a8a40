// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Inspection
import TraceFormats

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a capture, trace or result holds: a table and plots.",
        discussion: """
            Example: walkback inspect walk.pcapng

            Reads pcap and pcapng (gzip and zstd too), a comparison's directory or comparison.json, and files of the \
            trace formats below. Documentation/captures.md says what is read of a packet.

            Formats:
            \(TraceFormats.list(TraceFormats.all))
            """)

    @Argument(help: "The file, or a comparison's directory.")
    var file: String

    @Flag(help: "Print one document of the schema walkback.inspection/1 instead.")
    var json = false

    func run() throws {
        let inspection = try Inspection.of(file)
        Walkback.write(json ? inspection.document.text : inspection.text, to: 1)
    }
}
