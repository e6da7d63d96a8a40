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

            The traces and the replay say that they are synthetic, and what made them.
            """,
        subcommands: [Indoor.self, Walking.self, Driving.self])

    struct Indoor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Twelve minutes through a building with WiFi and 3G, each lost for periods.",
            discussion: """
                Example: walkback synth indoor --seed 1 --output my-walk

                Seed 1 is the walk in Replays/indoor-walk.yaml.
                """)

        @Option(help: "Draws the whole walk.")
        var seed: UInt64

        @Option(help: "A directory for the traces and the replay; it must be new or empty, or hold an earlier walk.")
        var output: String

        func run() throws {
            let (wifi, cellular) = IndoorWalk.generate(seed: seed)
            let files = [wifi, cellular].map { (IndoorWalk.traceFileName($0.name), TraceFile.text(of: $0)) }
            let written = try TextDirectory.write(
                files + [(IndoorWalk.replayFileName, IndoorWalk.replay(seed: seed))], to: FilePath(output),
                mark: IndoorWalk.replayFileName)
            Walkback.write("walkback compare \(written.appending(IndoorWalk.replayFileName))\n", to: 1)
        }
    }

    struct Walking: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A walk outdoors: WiFi for minutes at a time, 3G throughout.",
            discussion: "Example: walkback synth walking --wifi-coverage 40 --seed 7 --output my-walk")

        @OptionGroup var options: OutdoorOptions

        @Option(help: "published: nothing fitted; table-fitted: WiFi as the paper's energy table needs it.")
        var calibration: String = OutdoorParameters.Calibration.published.rawValue

        @Option(help: "A directory for the traces and the replay; it must be new or empty, or hold an earlier walk.")
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
            abstract: "A drive: WiFi for seconds at a time, 3G throughout.",
            discussion: "Example: walkback synth driving --wifi-coverage 17 --seed 7 --output my-drive")

        @OptionGroup var options: OutdoorOptions

        @Option(help: "A directory for the traces and the replay; it must be new or empty, or hold an earlier drive.")
        var output: String

        func run() throws { try Synth.write(options.parameters(.driving), to: output) }
    }

    private static func write(_ parameters: OutdoorParameters, to output: String) throws {
        let (wifi, cellular) = OutdoorWalk.generate(parameters)
        let replay = OutdoorWalk.replayFileName(parameters)
        let files = [wifi, cellular].map { (OutdoorWalk.traceFileName($0.name, parameters), TraceFile.text(of: $0)) }
        let written = try TextDirectory.write(
            files + [(replay, OutdoorWalk.replay(parameters))], to: FilePath(output), mark: replay)
        Walkback.write("walkback compare \(written.appending(replay))\n", to: 1)
    }
}
