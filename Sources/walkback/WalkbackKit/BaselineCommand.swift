// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Comparison
import SystemPackage

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Save results as a baseline, to check later results against them.",
        discussion: """
            Example: walkback baseline save walkback-out/indoor-walk

            A baseline is a small JSON file with the numbers of every run. Commit it next to the replays.
            """,
        subcommands: [Save.self, List.self])

    struct Save: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save the results in a directory as a baseline.",
            discussion: "Example: walkback baseline save walkback-out/indoor-walk")

        @Argument(help: "Directory with the results of a comparison or of several walks.")
        var directory: String

        @Option(help: "Name of the baseline. (default: the name of the replay, or of the directory for several walks)")
        var name: String?

        @Option(name: .customLong("in"), help: "Directory of the baselines.")
        var place = Baselines.directory.string

        func run() throws {
            let path = try Baselines.save(try SavedResults(FilePath(directory)), name: name, in: FilePath(place))
            Walkback.write("\(path)\n", to: 1)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the saved baselines with their replays, seeds and kernel.",
            discussion: "Example: walkback baseline list")

        @Option(name: .customLong("in"), help: "Directory of the baselines.")
        var place = Baselines.directory.string

        func run() throws {
            let list = try Baselines.list(in: FilePath(place))
            guard !list.isEmpty else {
                Walkback.print(
                    standardError: "there are no baselines in \(place); save one with `walkback baseline save DIR`")
                return
            }
            Walkback.write(list, to: 1)
        }
    }
}
