// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage

@testable import System

/// A directory for one test, which is removed with this value.
final class Scratch: Sendable {
    let path: FilePath

    init(_ name: String = "scratch") throws {
        // In a guest /tmp is read-only, but TMPDIR is not.
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/walkback-\(name).XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
        path = FilePath(String(cString: made))
    }

    deinit {
        Files.removeDirectory(path)
    }

    /// Makes a new directory in this one.
    func directory(_ name: String) -> FilePath {
        let directory = path.appending(name)
        mkdir(directory.string, 0o755)
        return directory
    }

    @discardableResult
    func file(_ name: String, _ text: String, permissions: FilePermissions = [.ownerReadWrite]) throws -> FilePath {
        let file = path.appending(name)
        let descriptor = try FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: permissions)
        try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        // Exactly these permissions, whatever the process's file mode mask is.
        chmod(file.string, permissions.rawValue)
        return file
    }

    /// A program for /bin/sh.
    @discardableResult
    func script(_ name: String, _ text: String) throws -> FilePath {
        try file(name, "#!/bin/sh\n\(text)\n", permissions: [.ownerReadWriteExecute])
    }

    /// A run directory that tells the probe what to do.
    func run(_ name: String, _ work: String) throws -> FilePath {
        _ = directory(name)
        _ = directory("\(name)/guest")
        try file("\(name)/guest/probe", work)
        return path.appending(name)
    }
}
