import ArgumentParser
import Comparison
import Synthesis
import SystemPackage
import TraceFormats

struct Synth: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Generate a synthetic walk from a seed.",
        discussion: """
            Example: walkback synth indoor --seed 1 --output my-walk

            Seed 1 is the walk in Replays/indoor-walk.yaml. The traces and the replay say that they are synthetic.
            """,
        subcommands: [Indoor.self])

    struct Indoor: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Twelve minutes through a building with WiFi and 3G, each lost for periods.",
            discussion: "Example: walkback synth indoor --seed 1 --output my-walk")

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
}
