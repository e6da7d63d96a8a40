// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import Determinism
import Documents
import Glibc
import Reports
import SystemPackage

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check saved results against the replay's gates and a baseline.",
        discussion: """
            Example: walkback check walkback-out/indoor-walk --baseline Replays/baselines

            Ends with 2 where a gate was missed or something is worse than in the baseline by more than \
            --smallest-effect and beyond chance. Runs are deterministic, so an unchanged system is bit-identical to \
            its baseline. Writes check.md and junit.xml beside the results. Documentation/statistics.md has the test.
            """)

    @Argument(help: "The directory of a comparison's results, or of several walks'.")
    var directory: String

    @Option(help: "Earlier results, a baseline's file, or a directory of baselines, as Replays/baselines.")
    var baseline: String?

    @Option(help: "What goodput and ratios must have lost to count as worse, as 2%; times: five times as much.")
    var smallestEffect = "2%"

    @Option(help: "How often at most a check may call worse what has not changed, as 1%.")
    var level = "1%"

    @Flag(help: "Print one JSON document in place of the table.")
    var json = false

    func run() throws {
        var settings = RegressionCheck.Settings()
        settings.smallestEffect = try Self.part(smallestEffect, "--smallest-effect", most: 50)
        settings.level = try Self.part(level, "--level", most: 20)
        let results = try SavedResults(FilePath(directory))
        let report = try results.check(against: baseline.map { FilePath($0) }, settings: settings)
        try results.write(report)
        Walkback.write(json ? report.json.text : report.text, to: 1)
        if report.exitCode != .success { Glibc.exit(report.exitCode.rawValue) }
    }

    private static func part(_ text: String, _ option: String, most: Double) throws -> Double {
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()), percent > 0, percent <= most else {
            throw Fault(.usage, "\(option) '\(text)' is no share above 0 % and up to \(most.text()) %; write it as 2%")
        }
        return percent / 100
    }
}
