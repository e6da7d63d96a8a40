// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import SystemPackage

/// A directory of a few text files that belong together: an import, a synthetic walk.
package enum TextDirectory {
    /// One file, whose text is made when it is written: a walk's traces may be too long to hold all their texts.
    package struct File: Sendable {
        package let name: String
        private let write: @Sendable (_ take: ([UInt8]) throws -> Void) throws -> Void

        /// - Parameter write: passes the file's bytes on, in pieces of any size.
        package init(_ name: String, write: @escaping @Sendable (_ take: ([UInt8]) throws -> Void) throws -> Void) {
            self.name = name
            self.write = write
        }

        package init(_ name: String, bytes: [UInt8]) {
            self.init(name) { try $0(bytes) }
        }

        package init(_ name: String, text: String) {
            self.init(name, bytes: Array(text.utf8))
        }

        /// The whole text at once.
        package var text: String {
            get throws {
                var bytes: [UInt8] = []
                try write { bytes += $0 }
                return String(decoding: bytes, as: UTF8.self)
            }
        }

        fileprivate func write(to file: FileDescriptor) throws {
            try write { _ = try file.writeAll($0) }
        }
    }

    /// Writes `files` into `path`, which must be new, be empty or hold only files of these names. If one of them cannot
    /// be written, all remains as it was.
    ///
    /// - Parameters:
    ///   - mark: the file that is put in place last and whose presence says that the others are complete.
    ///   - results: files that belong to an earlier content of the directory and are removed with it.
    /// - Returns: `path`.
    package static func write(
        _ files: [File], to path: FilePath, mark: String, results: [String] = []
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
        try output.publish(files.map { file in (file.name, { try file.write(to: $0) }) }, removing: results)
        return path
    }
}
