import SystemPackage
import Units

/// A directory of a few text files that belong together: an import, a synthetic walk.
package enum TextDirectory {
    /// Writes `files` into `path`, which must be new, empty or hold nothing but files of these names.
    ///
    /// - Parameter mark: the file that is written last and whose presence says that the others are whole.
    /// - Returns: `path`.
    package static func write(_ files: [(name: String, text: String)], to path: FilePath, mark: String) throws
        -> FilePath
    {
        try OutputDirectory.makeDirectory(path)
        let present = try OutputDirectory.entries(of: path)
        let strange = present.filter { name in !files.contains { $0.name == name } }
        guard strange.isEmpty else {
            throw Fault(
                .failed,
                "the output directory \(path) holds something else (\(strange.prefix(3).joined(separator: ", "))): name "
                    + "another with --output, or empty it")
        }
        for file in files.filter({ $0.name != mark }) + files.filter({ $0.name == mark }) {
            try OutputDirectory.replace(path.appending(file.name), with: Array(file.text.utf8))
        }
        return path
    }
}
