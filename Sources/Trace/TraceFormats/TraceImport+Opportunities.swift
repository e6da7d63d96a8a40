import System
import Traces

extension TraceImport {
    /// The paths of files that begin anew, and the files.
    static func opportunities(
        _ options: Options, command: String
    ) throws -> ([PathTrace], files: [(name: String, text: String)]) {
        var files: [(name: String, text: String)] = []
        var read: [(path: PathSpecification, down: Opportunities, up: Opportunities?)] = []
        for path in options.paths {
            var both: [Opportunities] = []
            for (direction, name) in zip(Direction.allCases, [path.down, path.up].compactMap { $0 }) {
                let file = try InputFile.read(name)
                both.append(try OpportunityFile.parse(file))
                files.append((opportunityFileName(path.name, direction), try file.text()))
            }
            read.append((path, both[0], both.count > 1 ? both[1] : nil))
        }
        let shortest = read.flatMap { [$0.down, $0.up].compactMap { $0?.period } }.min() ?? .zero
        let traces = read.map { path, down, up in
            PathTrace(
                name: path.name, kind: path.kind, duration: options.duration ?? shortest,
                opportunities: PathOpportunities(down: down, up: up ?? down.third()),
                roundTrip: path.roundTrip ?? TraceDefaults.roundTrip(of: path.kind) ?? .zero,
                detachAfter: options.detachAfter, source: command)
        }
        return (traces, files)
    }
}
