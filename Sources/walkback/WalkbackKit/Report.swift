// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Determinism
import SystemPackage

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the report of saved results anew.",
        discussion: """
            Example: walkback report walkback-out/indoor-walk

            Makes report.html, summary.md, junit.xml, the figures and their data from comparison.json, series.csv, \
            links.csv and delays.csv: after an update of walkback, or where only these were kept. Nothing is run. The \
            same documents and the same walkback give the same bytes.
            """)

    @Argument(help: "The directory of a comparison's results, or of several walks'.")
    var directory: String

    func run() throws {
        let results = try SavedResults(FilePath(directory))
        try results.writeReports()
        Walkback.write(try results.text, to: 1)
    }
}
