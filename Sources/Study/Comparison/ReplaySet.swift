// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// The replays that a command line names: files, and directories of them. Each replay has a distinct name, under which
/// its results are kept.
package struct ReplaySet: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let replay: FilePath
        package let name: String
        /// The file as commands repeat it, without its directory.
        let shown: String
    }

    /// An import gives every replay this name, so only the directory distinguishes it from others.
    private static let imported = "replay.yaml"

    package let entries: [Entry]

    /// A directory stands for the `replay.yaml` of an import in it, else for all its `*.yaml` files in order of name.
    ///
    /// - Throws: `Fault` if a directory holds no replay, or if two replays have the same name.
    package init(_ arguments: [String]) throws {
        entries = try arguments.flatMap { try Self.replays(at: FilePath($0)) }.map(Self.entry)
        for (index, entry) in entries.enumerated() {
            guard let other = entries[..<index].first(where: { $0.name == entry.name }) else { continue }
            guard other.replay != entry.replay else {
                throw Fault(.usage, "\(entry.replay) is given twice; name it once")
            }
            throw Fault(
                .usage,
                "\(other.replay) and \(entry.replay) would both have their results in '\(entry.name)'; rename "
                    + "one of them, or compare each separately with its own --output")
        }
    }

    private static func replays(at path: FilePath) throws -> [FilePath] {
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [path] }
        let names = try HeldDirectory(path).entries()
        if names.contains(imported) { return [path.appending(imported)] }
        let replays = names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
        guard !replays.isEmpty else {
            throw Fault(.usage, "the directory \(path) holds no replay (*.yaml); name another directory, or a replay")
        }
        return replays.map { path.appending($0) }
    }

    private static func entry(_ path: FilePath) -> Entry {
        let file = path.lastComponent?.string ?? path.string
        let directory = path.removingLastComponent().lastComponent
        guard file == imported, let directory, directory.kind == .regular else {
            return Entry(replay: path, name: path.stem ?? "replay", shown: file)
        }
        return Entry(replay: path, name: directory.string, shown: "\(directory)/\(file)")
    }
}
