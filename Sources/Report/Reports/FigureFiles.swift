// SPDX-License-Identifier: Apache-2.0
import Results
import Traces

/// Every figure of the page as separate files: NAME.svg, and NAME.csv with the numbers that it shows.
package enum FigureFiles {
    package struct File: Sendable {
        package let name: String
        /// What the figure shows, in words.
        let what: String
        package let svg: String
        package let csv: String

        init(_ name: String, _ what: String, svg: String, csv: String) {
            self.name = name
            self.what = what
            self.svg = svg
            self.csv = "# Python: \(FigureFiles.python(name))\n# R: \(FigureFiles.r(name))\n\(csv)"
        }
    }

    /// The names of all figures that any result can have.
    package static let fileNames: [String] = {
        let ofDirections = ["figure1", "strategies", "bytes", "paths", "round-trips"]
        let names = ofDirections + ofDirections.map { "\($0)-up" } + ["built", "exchanges", "fidelity"]
        return names.flatMap { ["\($0).svg", "\($0).csv"] }
    }()

    static func python(_ name: String) -> String { "pandas.read_csv(\"\(name).csv\", comment=\"#\")" }
    static func r(_ name: String) -> String { "read.csv(\"\(name).csv\", comment.char = \"#\")" }

    /// The names of a second direction's figures end with that direction.
    package static func all(of result: ComparisonResult) -> [File] {
        let parts = result.byDirection
        return parts.enumerated().flatMap { index, part in
            let suffix = index == 0 ? "" : "-\(part.runs.first?.direction.rawValue ?? "up")"
            return ofOneDirection(part, suffix: suffix)
        } + shared(result)
    }

    private static func ofOneDirection(_ result: ComparisonResult, suffix: String) -> [File] {
        var files = [
            File(
                "figure1\(suffix)", "goodput of MPTCP and Optimal TCP, and the links, over the walk",
                svg: Figure1.svg(of: result), csv: Figure1.csv(of: result)),
            File(
                "strategies\(suffix)", "every strategy's mean with its interval, and the oracles",
                svg: TotalsFigure.svg(of: result, layout: .wide).file, csv: TotalsFigure.csv(of: result)),
        ]
        let bytes = TimeFigure.bytes(of: result)
        files.append(
            File(
                "bytes\(suffix)", "megabytes delivered so far", svg: bytes.svg(layout: .wide).file,
                csv: bytes.csv))
        if let paths = TimeFigure.paths(of: result) {
            files.append(
                File(
                    "paths\(suffix)", "what MPTCP moved over each link",
                    svg: paths.svg(layout: .wide).file,
                    csv: paths.csv))
        }
        if let delays = TimeFigure.delays(of: result) {
            files.append(
                File(
                    "round-trips\(suffix)", "round-trip time and queue of each path",
                    svg: delays.svg(layout: .wide).file, csv: delays.csv))
        }
        return files
    }

    private static func shared(_ result: ComparisonResult) -> [File] {
        var files: [File] = []
        if !result.builtWindows.isEmpty {
            let seed = FigureSeries.shownSeed(of: result)
            files.append(
                File(
                    "built", "spliced less built Optimal TCP in every window",
                    svg: BuiltFigure.svg(of: result, seed: seed, layout: .wide).file,
                    csv: BuiltFigure.csv(of: result, seed: seed)))
        }
        if !ExchangeTotals.all(of: result).isEmpty {
            files.append(
                File(
                    "exchanges", "share of exchanges finished within a time",
                    svg: ExchangeFigure.svg(of: result, layout: .wide).file,
                    csv: ExchangeFigure.csv(of: result)))
        }
        files.append(
            File(
                "fidelity", "how far the links were from their traces",
                svg: FidelityFigure.svg(of: result, layout: .wide).file,
                csv: FidelityFigure.csv(of: result)))
        return files
    }
}
