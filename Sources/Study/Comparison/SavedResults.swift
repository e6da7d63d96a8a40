// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Reports
import Results
import System
import SystemPackage

/// The results that a comparison left in a directory: those of one replay, or of several together with the documents of
/// the whole.
package struct SavedResults: Sendable {
    package struct Walk: Sendable {
        package let name: String
        let directory: FilePath
        package let saved: SavedComparison
    }

    package let directory: FilePath
    package let walks: [Walk]
    /// walks.json; nil if there is only one replay.
    let whole: JSONReader?

    /// - Throws: `Fault` (bad input) if it holds no complete result of this schema.
    package init(_ directory: FilePath) throws {
        self.directory = directory
        var status = stat()
        guard stat(directory.string, &status) == 0 else {
            throw Fault.input(directory.string, "does not exist; name the directory of the results of a comparison")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Fault.input(directory.string, "is not a directory; name the directory that it is in")
        }
        OutputDirectory.finishPublication(in: directory)
        guard let walks = try Self.file("walks.json", in: directory),
            try Self.file(SavedComparison.documentName, in: directory) == nil
        else {
            whole = nil
            try Self.refuseSeveral(directory)
            let saved = try Self.saved(directory)
            self.walks = [Walk(name: saved.result.replay.name, directory: directory, saved: saved)]
            return
        }
        let reader = try JSONReader(
            document: walks, path: directory.appending("walks.json").string, schema: WalksReport.schema)
        whole = reader
        self.walks = try reader["walks"].elements.map { walk in
            let name = try walk["directory"].string
            // Only names below the directory are accepted, since a document may contain anything.
            guard let component = FilePath.Component(name), component.kind == .regular else {
                throw Fault.input(
                    walk.path,
                    "'\(walk.place).directory' is '\(name.prefix(60))', which is not a directory in it; compare again")
            }
            let place = directory.appending(component)
            return Walk(name: name, directory: place, saved: try Self.saved(place))
        }
        guard !self.walks.isEmpty else {
            throw Fault.input(reader.path, "holds no walk, so there is nothing to report; compare again")
        }
    }

    /// Refuses a directory with several congestion controls or kernels, since each of those is compared by itself.
    private static func refuseSeveral(_ directory: FilePath) throws {
        guard try file(SavedComparison.documentName, in: directory) == nil else { return }
        let parts = try HeldDirectory(directory).entries().filter { name in
            ["walks.json", SavedComparison.documentName].contains { file in
                access("\(directory)/\(name)/\(file)", F_OK) == 0
            }
        }
        guard !parts.isEmpty else { return }
        throw Fault.input(
            directory.string, "holds several comparisons (\(parts.prefix(6).joined(separator: ", "))); name one of them"
        )
    }

    private static func saved(_ directory: FilePath) throws -> SavedComparison {
        try SavedComparison(
            directory: directory.string,
            pieces: { name in
                let path = directory.appending(name).string
                return access(path, F_OK) == 0 ? try InputFile.pieces(path) : nil
            }, file: { try file($0, in: directory) })
    }

    /// nil if the file does not exist.
    static func file(_ name: String, in directory: FilePath) throws -> [UInt8]? {
        let path = directory.appending(name).string
        guard access(path, F_OK) == 0 else { return nil }
        return try InputFile.read(path).bytes
    }

    // MARK: - Written again

    /// Replaces all reports by new ones made from the documents.
    package func writeReports() throws {
        for walk in walks { try OutputDirectory.replace(walk.saved.report, in: place(of: walk)) }
        guard let result = try wholeResult else { return }
        try OutputDirectory.replace(
            WalksRequest.documents(of: result).map { ($0.name, Array($0.text.utf8)) }, in: HeldDirectory(directory))
    }

    /// The directory of one of several walks is below the one that the user named, so it may be no link.
    private func place(of walk: Walk) throws -> HeldDirectory {
        guard whole != nil, let name = walk.directory.lastComponent?.string else {
            return try HeldDirectory(walk.directory)
        }
        return try HeldDirectory(directory).subdirectory(name)
    }

    /// nil if there is only one replay.
    private var wholeResult: WalksResult? {
        get throws {
            guard let whole else { return nil }
            return WalksResult(
                walks: walks.map { WalksResult.Walk($0.saved.result, directory: $0.name) },
                walkback: try whole["environment"]["walkback"].string,
                kernelRelease: try whole["environment"]["kernel"]["release"].string,
                command: try whole["command"].string)
        }
    }

    /// The text that `compare` printed.
    package var text: String {
        get throws {
            let parts = walks.map { ComparisonTable.text(of: $0.saved.result) }
            return (parts + [try wholeResult].compactMap(\.self).map(WalksReport.text)).joined(separator: "\n")
        }
    }

    // MARK: - Checked

    /// Writes the outcome of a check next to the results.
    package func write(_ report: CheckReport) throws {
        try OutputDirectory.replace(
            [("check.md", report.markdown), ("junit.xml", report.junit)].map { ($0.0, Array($0.1.utf8)) },
            in: HeldDirectory(directory))
    }

    package var baseline: Baseline {
        get throws { Baseline(walks: try walks.map { try Baseline.Walk($0.saved, name: $0.name) }) }
    }

    /// - Parameter baseline: results, a file that `walkback baseline save` wrote, or a directory of such files.
    package func check(against baseline: FilePath?, settings: RegressionCheck.Settings) throws -> CheckReport {
        let results = walks.map { (name: $0.name, result: $0.saved.result) }
        guard let baseline else { return CheckReport(walks: results, check: nil) }
        let gates = walks.map { ($0.name, $0.saved.result.gates.map(\.quantity)) }
        let check = try RegressionCheck(
            try self.baseline, against: try Baselines.read(baseline, for: walks.map(\.name)),
            gates: Dictionary(gates) { first, _ in first }, settings: settings, baselinePath: baseline.string)
        return CheckReport(walks: results, check: check)
    }
}
