import ArgumentParser
import Determinism
import Documents
import System
import SystemPackage
import TraceFormats
import Traces

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a path trace into another program's format.",
        discussion: """
            Example: walkback export Replays/indoor-walk.wifi.trace.csv --format mahimahi --output wifi

            writes wifi.down and wifi.up for mm-link: one line for each packet of 1500 bytes that the path could have \
            carried, with the millisecond at which it could.
            """)

    @Argument(help: "The trace, as NAME.trace.csv.")
    var trace: String

    @Option(help: "What to write: \(TraceExport.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: String

    @Option(help: "down or up: that direction alone, in a file of exactly this name.")
    var direction: String?

    @Option(help: "The file; for both directions FILE.down and FILE.up.")
    var output: String

    func run() throws {
        guard let format = TraceExport.Format(rawValue: format) else {
            let known = TraceExport.Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.usage, "--format \(self.format) is not known; there is \(known)")
        }
        var directions = Direction.allCases
        if let direction {
            guard let known = Direction(rawValue: direction) else {
                throw Fault(.usage, "--direction \(direction) is not known; write down or up")
            }
            directions = [known]
        }
        let read = try TraceFile.read(trace)
        let files = try directions.map { direction in
            let (text, notes) = try TraceExport.text(of: read, direction, as: format, path: trace)
            for note in notes { Walkback.print(standardError: "note: \(note)") }
            return (name: self.direction == nil ? "\(output).\(direction.rawValue)" : output, text: text)
        }
        for file in files {
            try OutputDirectory.replace(FilePath(file.name), with: Array(file.text.utf8))
            Walkback.write("\(file.name)\n", to: 1)
        }
    }
}
