// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import SystemPackage

/// The directory for a comparison's results. Everything is written in its `.partial` subdirectory and moved when
/// complete, so that a result that exists is complete. What an earlier, killed comparison left in `.partial` is
/// removed.
///
/// The directory may come from a checkout, a cache or another user, and a program under a replay may write in it. So
/// both directories are held open, and nothing in them is reached by a path.
package final class OutputDirectory: Sendable {
    package let directory: HeldDirectory
    package let partial: HeldDirectory
    /// Written last: if this file exists, the other files belong to it.
    package static let comparisonMark = "comparison.json"
    /// What the guest of a failed run printed. It stays until the next run; no program's own file has this name.
    package static let failedLog = "walkback-failed.log"
    private static let largestLog = ByteCount(64_000_000)
    private static let partialName = ".partial"
    private let mark: String
    private let lock: FileDescriptor
    private let wasMade: Bool

    package var path: FilePath { directory.path }

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
        self.mark = mark
        wasMade = access(path.string, F_OK) != 0
        directory = try HeldDirectory.make(path)
        let present = try directory.entries()
        guard
            Set(present).isSubset(of: [Self.partialName, Self.failedLog])
                || present.contains(where: { ([mark] + remains).contains($0) })
        else {
            throw Fault(
                .failed,
                "the output directory \(path) holds other files "
                    + "(\(present.prefix(3).joined(separator: ", "))); name "
                    + "another with --output, or empty it")
        }
        (partial, lock) = try Self.claim(directory)
        for entry in try partial.entries() where entry != "lock" { partial.remove(entry) }
        directory.removeFile(Self.failedLog)
    }

    /// Locks `.partial`, which another run may just be removing.
    private static func claim(_ directory: HeldDirectory) throws -> (HeldDirectory, FileDescriptor) {
        let busy = Fault(
            .failed,
            "another run is writing to \(directory.path); wait for it, or name another directory with --output")
        for _ in 0..<100 {
            let partial = try directory.subdirectory(partialName)
            guard let lock = try partial.lock("lock") else { throw busy }
            if directory.has(partialName, partial) { return (partial, lock) }
            try? lock.close()
        }
        throw busy
    }

    /// Removes what is incomplete. Results that were there before stay.
    package func discardPartial() {
        directory.remove(Self.partialName)
        try? lock.close()
        // An output directory that was created for this result goes too; rmdir fails if there are results in it.
        if wasMade { _ = rmdir(path.string) }
    }

    /// Keeps the log that the message of a failed run names, since the run's directory goes.
    ///
    /// - Returns: the error with the log's new place; without a place if the log of another run is already there.
    package func keepLog(of run: HeldDirectory, after error: any Error) -> any Error {
        let old = run.path.appending(RunDirectory.consoleLog).string
        guard let fault = error as? Fault, fault.message.contains(old) else { return error }
        // If several runs fail at once, the log of the first one is kept.
        guard !directory.has(Self.failedLog),
            let log = try? run.read(RunDirectory.consoleLog, most: Self.largestLog),
            (try? directory.write(log, to: Self.failedLog)) != nil
        else { return fault.withoutLog }
        let new = directory.path.appending(Self.failedLog).string
        return Fault(fault.code, fault.message.replacing(old, with: new))
    }

    /// Makes a new directory below `.partial`.
    package func makeWorkDirectory(_ name: String) throws -> HeldDirectory {
        try partial.subdirectory(name)
    }

    /// Puts a complete result in place: all files, and last the one that marks the result as complete.
    ///
    /// - Parameter others: names of files that an earlier result may have left and that would be taken for part of this
    ///   one.
    package func publish(_ files: [(name: String, bytes: [UInt8])], removing others: [String] = []) throws {
        for file in files { try partial.write(file.bytes, to: file.name) }
        directory.removeFile(mark)
        for name in others where !files.contains(where: { $0.name == name }) { directory.removeFile(name) }
        for file in files.filter({ $0.name != mark }) + files.filter({ $0.name == mark }) {
            try partial.move(file.name, to: directory, as: file.name)
        }
        discardPartial()
    }
}
