import FoundationEssentials
import Glibc
import Runs
import SystemPackage
import Units

/// A run directory that holds a command for a guest, and goes with this object.
package final class CommandDirectory {
    package let path: FilePath

    package init(_ command: GuestCommand) throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(temporary)/walkback-boot-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Fault(
                .failed, "cannot make a directory in \(temporary): \(Errno(rawValue: errno)); set TMPDIR to another")
        }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        let document = Array(try JSONEncoder().encode(command))
        let descriptor = try FileDescriptor.open(
            path.appending(RunDirectory.command), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(document) }
    }

    deinit {
        remove()
    }

    /// For whoever leaves by `exit`, which ends no object.
    package func remove() {
        Files.removeDirectory(path)
    }
}
