// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage

/// Where a writer puts its bytes: a file, or a substitute for one in tests.
package protocol CaptureOutput {
    /// The output's name in messages.
    var name: String { get }
    /// Whether what has been written stays if more cannot be.
    var isKept: Bool { get }
    /// Writes at least one byte of `bytes`, starting at its front.
    ///
    /// - Returns: the number of bytes written.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int
    /// Cuts off everything beyond `length`.
    func truncate(to length: Int64) throws(Errno)
    /// Returns when everything written is on the disk.
    func synchronize() throws(Errno)
}

/// A new file that stays open as long as this value exists.
package final class CaptureFile: CaptureOutput {
    package let path: FilePath
    package let isKept: Bool
    private let descriptor: FileDescriptor

    package var name: String { path.string }

    /// - Throws: `Fault` if the file already exists, since a walk cannot be repeated, or cannot be created.
    package init(creating name: String, in directory: HeldDirectory, isKept: Bool = true) throws(Fault) {
        path = directory.place(of: name)
        self.isKept = isKept
        descriptor = try directory.createNew(name)
    }

    package convenience init(creating path: FilePath, isKept: Bool = true) throws(Fault) {
        let (directory, name) = try HeldDirectory.holding(path)
        try self.init(creating: name, in: directory, isKept: isKept)
    }

    deinit {
        try? descriptor.close()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        do {
            return try descriptor.write(bytes)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    package func truncate(to length: Int64) throws(Errno) {
        guard ftruncate(descriptor.rawValue, off_t(length)) == 0 else { throw Errno(rawValue: errno) }
    }

    package func synchronize() throws(Errno) {
        guard fdatasync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
