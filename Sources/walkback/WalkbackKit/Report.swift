// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Determinism
import SystemPackage

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the report of saved results again.",
        discussion: """
            Example: walkback report walkback-out/indoor-walk

            The command writes report.html, summary.md, junit.xml, the figures and their data from comparison.json, \
            series.csv, links.csv and delays.csv. Use it after an update of walkback, or if you kept only these \
            files. It runs nothing. The same documents and the same version of walkback give the same bytes.
            """)

    @Argument(help: "Directory with the results of a comparison or of several walks.")
    var directory: String

    func run() throws {
        let results = try SavedResults(FilePath(directory))
        try results.writeReports()
        Walkback.write(try results.text, to: 1)
    }
}
