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

            The exit code is 2 if a gate was not met, or if a quantity is significantly worse than in the baseline by \
            at least --smallest-effect. Runs are deterministic, so an unchanged system is bit-identical to its \
            baseline. The check writes check.md and junit.xml next to the results. Documentation/statistics.md \
            describes the test.
            """)

    @Argument(help: "Directory with the results of a comparison or of several walks.")
    var directory: String

    @Option(
        help: """
            Directory of earlier results, file of a baseline, or directory of baselines, for example \
            Replays/baselines.
            """)
    var baseline: String?

    @Option(
        help: """
            Smallest loss of goodput or of a ratio that counts as worse, for example 2%. Times must grow by five \
            times as much.
            """)
    var smallestEffect = "2%"

    @Option(help: "Largest probability that a check calls an unchanged system worse, for example 1%.")
    var level = "1%"

    @Flag(help: "Print one JSON document instead of the table.")
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
            throw Fault(
                .usage, "\(option) '\(text)' is not a percentage above 0 % and up to \(most.text()) %; write it like 2%"
            )
        }
        return percent / 100
    }
}
