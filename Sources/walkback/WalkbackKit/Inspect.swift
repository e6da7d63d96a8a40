// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Inspection
import TraceFormats

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the contents of a capture, trace or result as a table and plots.",
        discussion: """
            Example: walkback inspect walk.pcapng

            The command reads pcap and pcapng captures, also compressed with gzip or zstd, the directory or \
            comparison.json of a comparison, and files of the trace formats below. Documentation/captures.md explains \
            which parts of a packet are read.

            Formats:
            \(TraceFormats.list(TraceFormats.all))
            """)

    @Argument(help: "File, or directory of a comparison.")
    var file: String

    @Flag(help: "Print one JSON document of the schema walkback.inspection/1 instead.")
    var json = false

    func run() throws {
        let inspection = try Inspection.of(file)
        Walkback.write(json ? inspection.document.text : inspection.text, to: 1)
    }
}
