// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Reports
import Results
import System
import SystemPackage

/// Several replays, each under all its strategies and seeds, and the result of them as a whole.
package struct WalksRequest: Sendable {
    package let replays: ReplaySet
    /// Each replay's results go into a directory of its name below this one; the documents of the whole go into this
    /// one.
    package let output: FilePath
    /// Applies to every replay alike, except for its replay and output, which are not used.
    package let each: ComparisonRequest

    package init(replays: ReplaySet, output: FilePath, each: ComparisonRequest) {
        self.replays = replays
        self.output = output
        self.each = each
    }

    /// The request of each replay.
    package var requests: [ComparisonRequest] {
        replays.entries.map { entry in
            var request = each
            request.replay = entry.replay
            request.output = output.appending(entry.name)
            return request
        }
    }

    /// - Parameters:
    ///   - say: receives notes for the user, a line each.
    ///   - show: receives each replay's table when it is ready.
    package func run(
        cancellation: Cancellation, say: @escaping @Sendable (String) -> Void, show: (String) -> Void
    ) throws -> (table: String, json: String, exitCode: ExitCode) {
        var outcomes: [ComparisonRequest.Outcome] = []
        var walks: [WalksResult.Walk] = []
        for (entry, request) in zip(replays.entries, requests) {
            // A link in the place of a walk's directory is refused.
            if access(output.string, F_OK) == 0 { _ = try HeldDirectory(output).existing(entry.name) }
            say("walk \(outcomes.count + 1) of \(replays.entries.count): \(entry.name)")
            let outcome = try request.run(cancellation: cancellation, say: say)
            // The documents of an earlier comparison would not match these results.
            if outcomes.isEmpty {
                let directory = try HeldDirectory(output)
                for name in Self.names { directory.removeFile(name) }
            }
            show(outcome.table)
            outcomes.append(outcome)
            walks.append(outcome.walk(directory: entry.name))
        }
        let result = WalksResult(
            walks: walks, walkback: each.walkbackVersion, kernelRelease: outcomes.first?.kernelRelease ?? "",
            command: command)
        let directory = try HeldDirectory(output)
        for (name, text) in Self.documents(of: result) { try directory.replace(name, with: Array(text.utf8)) }
        return (
            WalksReport.text(of: result), WalksReport.json(of: result).text, Self.worst(of: outcomes.map(\.exitCode))
        )
    }

    private static let names = ["walks.json", "walks.md", "walks.html", "walks.svg", "walks.csv"]

    /// The documents of the whole.
    static func documents(of result: WalksResult) -> [(name: String, text: String)] {
        [
            ("walks.json", WalksReport.json(of: result).text), ("walks.md", WalksReport.markdown(of: result)),
            ("walks.html", WalksReport.html(of: result)),
        ] + WalksReport.figureFiles(of: result)
    }

    /// An untrustworthy result is worse than a missed gate.
    package static func worst(of codes: [ExitCode]) -> ExitCode {
        codes.max { $0.rawValue < $1.rawValue } ?? .success
    }

    private var command: String {
        (["walkback compare"] + replays.entries.map(\.shown) + each.options).joined(separator: " ")
    }
}
