// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Quantities
import Synchronization
import SystemPackage

/// The directory for a comparison's results. Everything is written in its `.partial` subdirectory and moved when
/// complete, so that a result that exists is complete. What an earlier, killed comparison left in `.partial` is
/// removed, unless it was killed while it moved a complete result: then the rest is moved.
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
    static let partialName = ".partial"
    private static let lockName = "lock"
    private let mark: String
    /// nil after the claim was given up.
    private let lock: Mutex<FileDescriptor?>
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
                || Self.wasInterrupted(directory, mark: mark)
        else {
            throw Fault(
                .failed,
                "the output directory \(path) holds other files "
                    + "(\(present.prefix(3).joined(separator: ", "))); name "
                    + "another with --output, or empty it")
        }
        let (partial, lock) = try Self.claim(directory)
        self.partial = partial
        self.lock = Mutex(lock)
        try Publication.finish(from: partial, in: directory)
        for entry in try partial.entries() where entry != Self.lockName && !partial.remove(entry) {
            throw Fault(
                .failed,
                "cannot remove \(partial.path.appending(entry)), which an earlier run left; remove it, or name another "
                    + "directory with --output")
        }
        do {
            try lock.resize(to: 0)
            _ = try lock.writeAll(toAbsoluteOffset: 0, mark.utf8)
        } catch let error as Errno {
            throw partial.cannotWrite(Self.lockName, error)
        }
        directory.removeFile(Self.failedLog)
    }

    deinit {
        lock.withLock { try? $0?.close() }
    }

    /// Whether a run with the same mark was killed here, which may have left any of its files but not the mark.
    private static func wasInterrupted(_ directory: HeldDirectory, mark: String) -> Bool {
        let words = try? directory.existing(partialName)?.read(lockName, most: ByteCount(1000))
        return words == Array(mark.utf8)
    }

    /// Moves the rest of a complete result that a killed run began to move. Does nothing while a run is writing there.
    package static func finishPublication(in path: FilePath) {
        guard let directory = try? HeldDirectory(path), let partial = try? directory.existing(partialName),
            Publication.isUnfinished(in: partial), let lock = try? partial.lock(lockName)
        else { return }
        // Where nothing may be written, the result stays incomplete, and its reader says so.
        if (try? Publication.finish(from: partial, in: directory)) != nil { directory.remove(partialName) }
        try? lock.close()
    }

    /// Locks `.partial`, which another run may just be removing.
    private static func claim(_ directory: HeldDirectory) throws -> (HeldDirectory, FileDescriptor) {
        let busy = Fault(
            .failed,
            "another run is writing to \(directory.path); wait for it, or name another directory with --output")
        for _ in 0..<100 {
            let partial = try directory.subdirectory(partialName)
            guard let lock = try partial.lock(lockName) else { throw busy }
            if directory.has(partialName, partial) { return (partial, lock) }
            try? lock.close()
        }
        throw busy
    }

    /// Gives up the claim and removes what is incomplete. Results that were there before stay. May be called again.
    package func discardPartial() {
        lock.withLock { lock in
            // Without the lock, the directory may be another run's.
            guard let held = lock else { return }
            lock = nil
            // A complete result that could not be moved stays, and the next run moves it.
            if !Publication.isUnfinished(in: partial) { directory.remove(Self.partialName) }
            try? held.close()
        }
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
        try publish(files.map { file in (file.name, { _ = try $0.writeAll(file.bytes) }) }, removing: others)
    }

    /// - Parameter files: each file's name, and what writes its contents to a descriptor.
    func publish(_ files: [(name: String, write: (FileDescriptor) throws -> Void)], removing others: [String]) throws {
        let names = files.map(\.name)
        try Self.publish(
            files,
            Publication(
                removed: (names.contains(mark) ? [mark] : []) + others.filter { !names.contains($0) },
                moved: names.filter { $0 != mark } + names.filter { $0 == mark }),
            from: partial, in: directory)
        discardPartial()
    }

    private static func publish(
        _ files: [(name: String, write: (FileDescriptor) throws -> Void)], _ publication: Publication,
        from partial: HeldDirectory, in directory: HeldDirectory
    ) throws {
        for file in files {
            do {
                try partial.write(to: file.name, file.write)
            } catch let fault as Fault {
                // The user knows the file by its final place.
                let (staged, place) = (partial.path.appending(file.name), directory.path.appending(file.name))
                throw Fault(fault.code, fault.message.replacing(staged.string, with: place.string))
            }
        }
        try publication.begin(in: partial)
        try Publication.finish(from: partial, in: directory)
    }

    /// Replaces files of a complete result, such as its reports: all of them or none, even if this process is killed.
    ///
    /// - Throws: `Fault` if a run is writing there, or one of the files cannot be written.
    package static func replace(_ files: [(name: String, bytes: [UInt8])], in directory: HeldDirectory) throws {
        let (partial, lock) = try claim(directory)
        defer {
            if !Publication.isUnfinished(in: partial) { directory.remove(partialName) }
            try? lock.close()
        }
        try Publication.finish(from: partial, in: directory)
        try publish(
            files.map { file in (file.name, { _ = try $0.writeAll(file.bytes) }) },
            Publication(removed: [], moved: files.map(\.name)), from: partial, in: directory)
    }
}
