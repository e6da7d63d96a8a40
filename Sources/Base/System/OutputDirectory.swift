// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import SystemPackage

/// The directory for a comparison's results. Everything is written in its `.partial` subdirectory and moved when
/// complete, so that a result that exists is complete. What an earlier, killed comparison left in `.partial` is
/// removed.
package final class OutputDirectory {
    package let path: FilePath
    package let partial: FilePath
    /// Written last: if this file exists, the other files belong to it.
    package static let comparisonMark = "comparison.json"
    private let mark: String
    private let lock: FileDescriptor
    private let wasMade: Bool

    /// Claims `path`, which is created if it is missing.
    ///
    /// - Parameters:
    ///   - mark: the file whose presence says that the directory holds a result.
    ///   - remains: files whose presence says that a result was begun there.
    /// - Throws: if the directory holds anything other than Walkback's results, another comparison is writing there, or
    ///   nothing can be written.
    package init(
        _ path: FilePath, mark: String = OutputDirectory.comparisonMark, remains: [String] = []
    ) throws {
        self.path = path
        self.mark = mark
        partial = path.appending(".partial")
        wasMade = access(path.string, F_OK) != 0
        try Self.makeDirectory(path)
        let present = try Self.entries(of: path)
        guard present.isEmpty || present == [".partial"] || present.contains(where: { ([mark] + remains).contains($0) })
        else {
            throw Fault(
                .failed,
                "the output directory \(path) holds other files "
                    + "(\(present.prefix(3).joined(separator: ", "))); name "
                    + "another with --output, or empty it")
        }
        try Self.makeDirectory(partial)
        let lockPath = partial.appending("lock")
        do {
            lock = try FileDescriptor.open(
                lockPath, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        } catch {
            throw Fault(
                error as? Errno == .permissionDenied ? .permission : .failed,
                "cannot write in \(path): \(error); name another directory with --output, or make this one writable")
        }
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? lock.close()
            throw Fault(
                .failed, "another run is writing to \(path); wait for it, or name another directory with --output")
        }
        for entry in try Self.entries(of: partial) where entry != "lock" { Self.remove(partial.appending(entry)) }
    }

    /// Removes what is incomplete. Results that were there before stay.
    package func discardPartial() {
        Self.remove(partial)
        try? lock.close()
        // An output directory that was created for this result goes too; rmdir fails if there are results in it.
        if wasMade { _ = rmdir(path.string) }
    }

    /// Makes a new directory below `.partial`.
    package func makeWorkDirectory(_ name: String) throws -> FilePath {
        let directory = partial.appending(name)
        try Self.makeDirectory(directory)
        return directory
    }

    /// Puts a complete result in place: all files, and last the one that marks the result as complete.
    ///
    /// - Parameter others: names of files that an earlier result may have left and that would be taken for part of this
    ///   one.
    package func publish(_ files: [(name: String, bytes: [UInt8])], removing others: [String] = []) throws {
        for file in files { try Self.write(file.bytes, to: partial.appending(file.name)) }
        _ = unlink(path.appending(mark).string)
        for name in others where !files.contains(where: { $0.name == name }) { _ = unlink(path.appending(name).string) }
        for file in files.filter({ $0.name != mark }) + files.filter({ $0.name == mark }) {
            let target = path.appending(file.name)
            guard rename(partial.appending(file.name).string, target.string) == 0 else {
                throw Fault(.failed, "cannot write \(target): \(Errno(rawValue: errno))")
            }
        }
        discardPartial()
    }

    package static func write(_ bytes: [UInt8], to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(bytes) }
        } catch let error as Errno {
            let remedy = error == .noSpace ? "; free some space, or name another directory with --output" : ""
            throw Fault(.failed, "cannot write \(path): \(error)\(remedy)")
        }
    }

    /// Writes to a temporary file next to the target first, so that a failure leaves the old content in place.
    package static func replace(_ path: FilePath, with bytes: [UInt8]) throws {
        let temporary = FilePath(path.string + ".new")
        do {
            try write(bytes, to: temporary)
        } catch {
            remove(temporary)
            throw error
        }
        guard rename(temporary.string, path.string) == 0 else {
            throw Fault(.failed, "cannot write \(path): \(Errno(rawValue: errno))")
        }
    }

    package static func makeDirectory(_ path: FilePath) throws {
        var parent = path
        if parent.removeLastComponent(), !parent.isEmpty, access(parent.string, F_OK) != 0 { try makeDirectory(parent) }
        guard mkdir(path.string, 0o755) != 0, errno != EEXIST else { return }
        let error = Errno(rawValue: errno)
        throw Fault(
            error == .permissionDenied ? .permission : .failed,
            "cannot make the directory \(path): \(error); name another with --output")
    }

    package static func entries(of path: FilePath) throws -> [String] {
        guard let directory = opendir(path.string) else {
            let error = Errno(rawValue: errno)
            throw Fault(
                error == .permissionDenied ? .permission : .failed,
                error == .notDirectory
                    ? "\(path) is a file, but results need a directory; name another with --output"
                    : "cannot read the directory \(path): \(error); name another, or make this one readable")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package static func remove(_ path: FilePath) {
        if unlink(path.string) == 0 { return }
        for entry in (try? entries(of: path)) ?? [] { remove(path.appending(entry)) }
        _ = rmdir(path.string)
    }
}
