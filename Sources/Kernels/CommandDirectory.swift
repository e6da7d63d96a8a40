import FoundationEssentials
import Glibc
import Runs
import SystemPackage
import Units

/// A run directory that holds a command for a guest, and goes with this object. What a process that was killed left goes with
/// the next one.
package final class CommandDirectory {
    package let path: FilePath
    /// Held while it is in use: the kernel lets go of it with the process, however that ends.
    private let lock: FileDescriptor
    /// Of those alone that are locked while they are in use: before them it was another.
    private static let prefix = "walkback-guest-"

    package init(_ command: GuestCommand) throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        Self.removeAbandoned(in: FilePath(temporary))
        var template = Array("\(temporary)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(
                .failed, "cannot make a directory in \(temporary): \(Errno(rawValue: errno)); set TMPDIR to another")
        }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        lock = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
        flock(lock.rawValue, LOCK_EX | LOCK_NB)
        let document = Array(try JSONEncoder().encode(command))
        let descriptor = try FileDescriptor.open(
            path.appending(RunDirectory.command), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(document) }
    }

    deinit {
        remove()
        try? lock.close()
    }

    private static func removeAbandoned(in temporary: FilePath) {
        for name in Files.entries(of: temporary) where name.hasPrefix(prefix) {
            let path = temporary.appending(name)
            guard let lock = try? FileDescriptor.open(path, .readOnly, options: [.directory, .noFollow, .closeOnExec])
            else { continue }
            defer { try? lock.close() }
            var status = stat()
            // One that was made just now may not have its lock yet.
            guard fstat(lock.rawValue, &status) == 0, status.st_uid == geteuid(),
                status.st_mtim.tv_sec + 60 < time(nil), flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0
            else { continue }
            Files.removeDirectory(path)
        }
    }

    /// For whoever leaves by `exit`, which ends no object.
    package func remove() {
        Files.removeDirectory(path)
    }
}
