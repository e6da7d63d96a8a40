// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Reports
import System
import SystemPackage

/// Baselines as files: `NAME.json` in a directory, which is `Replays/baselines` unless another is named.
package enum Baselines {
    package static let directory = FilePath("Replays/baselines")

    /// Saves `results` as a baseline.
    ///
    /// - Parameter name: the file's name; nil for the replay's name or, with several walks, the directory's name.
    /// - Returns: the file's path.
    package static func save(_ results: SavedResults, name: String?, in directory: FilePath) throws -> FilePath {
        let name =
            name ?? (results.walks.count == 1 ? results.walks[0].name : results.directory.lastComponent?.string ?? "")
        guard let file = FilePath.Component("\(name).json"), file.kind == .regular, !name.hasPrefix(".") else {
            throw Fault(.usage, "'\(name)' cannot name a file; choose a name for the baseline with --name")
        }
        let doubted = results.walks.filter { !FidelitySummary.doubts(about: $0.saved.result).isEmpty }
        if let walk = doubted.first {
            throw Fault(
                .notTrustworthy, "\(walk.directory) is not trustworthy, so it cannot be a baseline; compare again")
        }
        try HeldDirectory.make(directory).replace(file.string, with: Array(try results.baseline.json.text.utf8))
        return directory.appending(file)
    }

    /// - Parameters:
    ///   - path: results, the file of a baseline, or a directory that has a baseline with each walk's name.
    ///   - names: the names of the walks that are to be compared with it.
    static func read(_ path: FilePath, for names: [String]) throws -> Baseline {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            throw Fault.input(
                path.string,
                "does not exist; save a baseline with `walkback baseline save`, or name a directory of results")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try read(file: path) }
        let entries = try HeldDirectory(path).entries()
        if entries.contains(SavedComparison.documentName) || entries.contains("walks.json") {
            return try SavedResults(path).baseline
        }
        let there = entries.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        let own = names.map { "\($0).json" }.filter(there.contains)
        var walks = try own.flatMap { try read(file: path.appending($0)).walks }
        // The baseline of a set of walks has its own name, so walks may be in a file with another name.
        func missing() -> [String] { names.filter { name in !walks.contains { $0.name == name } } }
        for file in there where !missing().isEmpty && !own.contains(file) {
            walks += try read(file: path.appending(file)).walks.filter { missing().contains($0.name) }
        }
        // A walk with another name may still come from the same replay.
        guard missing().isEmpty || own.count == names.count else {
            throw Fault.input(
                path.string,
                "holds no baseline of \(missing().joined(separator: ", ")) "
                    + "(\(there.isEmpty ? "it has no *.json" : there.prefix(6).joined(separator: ", "))); save "
                    + "one with `walkback baseline save`")
        }
        return Baseline(walks: walks)
    }

    private static func read(file path: FilePath) throws -> Baseline {
        try Baseline(document: try InputFile.read(path.string).bytes, path: path.string)
    }

    /// A line for each baseline of a directory: name, walks, seeds, kernel.
    package static func list(in directory: FilePath) throws -> String {
        let names = access(directory.string, F_OK) == 0 ? try HeldDirectory(directory).entries() : []
        let files = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
        guard !files.isEmpty else { return "" }
        return try files.map { name in
            let baseline = try read(file: directory.appending(name))
            let seeds = baseline.walks.flatMap { Set($0.windows.map(\.seed)) }
            let kernels = Set(baseline.walks.map { "Linux \($0.kernelRelease), walkback \($0.walkback)" }).sorted()
            return "\(name.dropLast(5))  \(baseline.walks.map(\.replay).joined(separator: ", "))  "
                + "\(Set(seeds).count) seed\(Set(seeds).count == 1 ? "" : "s")  \(kernels.joined(separator: "; "))\n"
        }.joined()
    }
}
