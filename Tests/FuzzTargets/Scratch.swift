// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// A directory for readers that take paths: below `$TMPDIR`, or in memory if the machine has such a directory.
enum Scratch {
    static let directory: String = {
        let parent =
            getenv("TMPDIR").map { String(cString: $0) } ?? (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
        var template = Array("\(parent)/walkback-fuzz-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no scratch directory: \(String(cString: strerror(errno)))") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // libFuzzer ends the process without this; Tests/fuzz removes $TMPDIR.
        atexit { Scratch.remove() }
        return path
    }()

    static func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Replaces the file's contents.
    ///
    /// - Returns: its path.
    @discardableResult
    static func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try write(bytes, to: path(name))
        return path(name)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    static func read(_ name: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path(name)), .readOnly)
        return try file.closeAfter {
            let size = Int(try file.seek(offset: 0, from: .end))
            return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }

    static func remove(_ name: String) { unlink(path(name)) }

    /// An empty directory.
    static func emptyDirectory(_ name: String) throws -> HeldDirectory {
        let parent = try HeldDirectory(FilePath(directory))
        parent.remove(name)
        return try parent.subdirectory(name)
    }

    private static func remove() {
        guard let parent = try? HeldDirectory.holding(FilePath(directory)) else { return }
        parent.directory.remove(parent.name)
    }
}
