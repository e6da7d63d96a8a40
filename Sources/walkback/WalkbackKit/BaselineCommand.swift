// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import SystemPackage

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Keep results to check later ones against.",
        discussion: """
            Example: walkback baseline save walkback-out/indoor-walk

            A baseline is a small JSON file with every run's numbers, to be committed beside the replays.
            """,
        subcommands: [Save.self, List.self])

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep the results in a directory as a baseline.",
            discussion: "Example: walkback baseline save walkback-out/indoor-walk")

        @Argument(help: "The directory of a comparison's results, or of several walks'.")
        var directory: String

        @Option(help: "Of the baseline. (default: the replay's name; of several walks, their directory's)")
        var name: String?

        @Option(name: .customLong("in"), help: "Where baselines are kept.")
        var place = Baselines.directory.string

        func run() throws {
            let path = try Baselines.save(try SavedResults(FilePath(directory)), name: name, in: FilePath(place))
            Walkback.write("\(path)\n", to: 1)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name the baselines that are kept: name, replays, seeds, kernel.",
            discussion: "Example: walkback baseline list")

        @Option(name: .customLong("in"), help: "Where baselines are kept.")
        var place = Baselines.directory.string

        func run() throws {
            let list = try Baselines.list(in: FilePath(place))
            guard !list.isEmpty else {
                Walkback.print(standardError: "no baselines in \(place): keep one with `walkback baseline save DIR`")
                return
            }
            Walkback.write(list, to: 1)
        }
    }
}
