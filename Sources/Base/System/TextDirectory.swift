// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import SystemPackage

/// A directory of a few text files that belong together: an import, a synthetic walk.
package enum TextDirectory {
    /// Writes `files` into `path`, which must be new, be empty or hold only files of these names.
    ///
    /// - Parameters:
    ///   - mark: the file that is written last and whose presence says that the others are complete.
    ///   - results: files that belong to an earlier content of the directory and are removed with it.
    /// - Returns: `path`.
    package static func write(
        _ files: [(name: String, text: String)], to path: FilePath, mark: String, results: [String] = []
    ) throws -> FilePath {
        let strange = Files.entries(of: path).filter { name in
            name != OutputDirectory.partialName && !files.contains { $0.name == name } && !results.contains(name)
        }
        guard strange.isEmpty else {
            throw Fault(
                .failed,
                "the output directory \(path) holds other files "
                    + "(\(strange.prefix(3).joined(separator: ", "))); name "
                    + "another with --output, or empty it")
        }
        let output = try OutputDirectory(path, mark: mark, remains: files.map(\.name) + results)
        defer { output.discardPartial() }
        try output.publish(files.map { ($0.name, Array($0.text.utf8)) }, removing: results)
        return path
    }
}
