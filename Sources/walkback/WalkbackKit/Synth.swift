// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Replays
import Synthesis
import System
import SystemPackage
import TraceFormats
import Traces

struct Synth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Generate a synthetic walk from a seed.",
        discussion: """
            Example: walkback synth walking --wifi-coverage 40 --seed 7 --output my-walk

            The traces and the replay state that they are synthetic and name the command that made them.
            """,
        subcommands: [Indoor.self, Walking.self, Driving.self])

    struct Indoor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Generate a walk of twelve minutes through a building in which WiFi and 3G are each lost for periods.",
            discussion: """
                Example: walkback synth indoor --seed 1 --output my-walk

                Seed 1 gives the walk of Replays/indoor-walk.yaml.
                """)

        @Option(help: "Seed from which the whole walk is generated.")
        var seed: UInt64

        @Option(help: "Directory for the traces and the replay; it must be new or empty, or hold an earlier walk.")
        var output: String

        func run() throws {
            let (wifi, cellular) = IndoorWalk.generate(seed: seed)
            let files = [wifi, cellular].map { trace in
                TextDirectory.File(IndoorWalk.traceFileName(trace.name)) { try TraceFile.write(trace, to: $0) }
            }
            let written = try TextDirectory.write(
                files + [TextDirectory.File(IndoorWalk.replayFileName, text: IndoorWalk.replay(seed: seed))],
                to: FilePath(output), mark: IndoorWalk.replayFileName)
            Walkback.write("walkback compare \(written.appending(IndoorWalk.replayFileName))\n", to: 1)
        }
    }

    struct Walking: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Generate a walk outdoors, with WiFi for minutes at a time and 3G throughout.",
            discussion: "Example: walkback synth walking --wifi-coverage 40 --seed 7 --output my-walk")

        @OptionGroup var options: OutdoorOptions

        @Option(
            help: """
                Calibration: published, without fitting; or table-fitted, with WiFi fitted to the paper's energy table.
                """)
        var calibration: String = OutdoorParameters.Calibration.published.rawValue

        @Option(help: "Directory for the traces and the replay; it must be new or empty, or hold an earlier walk.")
        var output: String

        func run() throws {
            guard let calibration = OutdoorParameters.Calibration(rawValue: calibration) else {
                let known = OutdoorParameters.Calibration.allCases.map(\.rawValue)
                throw Fault(
                    .usage,
                    "--calibration '\(self.calibration.prefix(40))' is not known"
                        + Suggestion.ending(for: self.calibration, among: known))
            }
            try Synth.write(options.parameters(.walking, calibration), to: output)
        }
    }

    struct Driving: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Generate a drive, with WiFi for seconds at a time and 3G throughout.",
            discussion: "Example: walkback synth driving --wifi-coverage 17 --seed 7 --output my-drive")

        @OptionGroup var options: OutdoorOptions

        @Option(help: "Directory for the traces and the replay; it must be new or empty, or hold an earlier drive.")
        var output: String

        func run() throws { try Synth.write(options.parameters(.driving), to: output) }
    }

    private static func write(_ parameters: OutdoorParameters, to output: String) throws {
        let (wifi, cellular) = OutdoorWalk.generate(parameters)
        let replay = OutdoorWalk.replayFileName(parameters)
        let files = [wifi, cellular].map { trace in
            TextDirectory.File(OutdoorWalk.traceFileName(trace.name, parameters)) { try TraceFile.write(trace, to: $0) }
        }
        let written = try TextDirectory.write(
            files + [TextDirectory.File(replay, text: OutdoorWalk.replay(parameters))], to: FilePath(output),
            mark: replay)
        Walkback.write("walkback compare \(written.appending(replay))\n", to: 1)
    }
}
