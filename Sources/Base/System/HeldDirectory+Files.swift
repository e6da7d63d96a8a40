// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Quantities
import SystemPackage

// MARK: - Writing

extension HeldDirectory {
    /// Makes a file. What has its name is removed before, and never written through.
    ///
    /// - Throws: `Fault` if it cannot be made, such as where a directory has its name.
    package func create(_ name: String, permissions: mode_t = 0o644) throws -> FileDescriptor {
        _ = unlinkat(descriptor.rawValue, name, 0)
        let opened = openat(
            descriptor.rawValue, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions)
        guard opened >= 0 else { throw cannotWrite(name, Errno(rawValue: errno)) }
        return FileDescriptor(rawValue: opened)
    }

    /// Makes a file that has to be new, since what it is for cannot be repeated.
    ///
    /// - Throws: `Fault` if anything has its name, or it cannot be made.
    package func createNew(_ name: String) throws(Fault) -> FileDescriptor {
        let opened = openat(descriptor.rawValue, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            let error = Errno(rawValue: errno)
            guard error == .fileExists else { throw cannotWrite(name, error) }
            throw Fault(.failed, "'\(place(of: name))' exists and is not overwritten; choose another name")
        }
        return FileDescriptor(rawValue: opened)
    }

    /// The path of a file in this directory, as the user would name it.
    package func place(of name: String) -> FilePath { path == "." ? FilePath(name) : path.appending(name) }

    /// Writes a whole file in the place of what has its name.
    package func write(_ bytes: [UInt8], to name: String) throws {
        try write(to: name) { _ = try $0.writeAll(bytes) }
    }

    /// Writes a file's contents as they are made, in the place of what has its name.
    func write(to name: String, _ body: (FileDescriptor) throws -> Void) throws {
        let file = try create(name)
        do {
            try file.closeAfter { try body(file) }
        } catch let error as Errno {
            throw cannotWrite(name, error)
        }
    }

    /// Writes to a temporary file next to the target first, so that a failure leaves the old content in place.
    package func replace(_ name: String, with bytes: [UInt8]) throws {
        do {
            try stage(name, bytes)
            try place([name])
        } catch {
            discard([name])
            throw error
        }
    }

    /// Writes a file next to its place; `place(_:)` puts it there, or `discard(_:)` removes it.
    package func stage(_ name: String, _ bytes: [UInt8]) throws {
        do {
            try write(bytes, to: Self.staged(name))
        } catch let fault as Fault {
            // The user knows the file by its own name.
            throw Fault(fault.code, fault.message.replacing(Self.staged(name), with: name))
        }
    }

    /// Puts staged files in place.
    package func place(_ names: [String]) throws {
        for name in names { try move(Self.staged(name), to: self, as: name) }
    }

    /// Removes staged files.
    package func discard(_ names: [String]) {
        for name in names { removeFile(Self.staged(name)) }
    }

    private static func staged(_ name: String) -> String { "\(name).new" }

    /// Moves an entry of this directory, in the place of a file that has its new name.
    package func move(_ name: String, to other: HeldDirectory, as newName: String) throws {
        guard renameat(descriptor.rawValue, name, other.descriptor.rawValue, newName) == 0 else {
            throw other.cannotWrite(newName, Errno(rawValue: errno))
        }
    }

    func cannotWrite(_ name: String, _ error: Errno) -> Fault {
        let remedy =
            switch error {
            case .noSpace, .diskQuotaExceeded: "; free some space, or name another place with --output"
            case .tooManyOpenFiles: "; allow this process more of them with `ulimit -n`"
            case .permissionDenied, .readOnlyFileSystem: "; name another place with --output, or make this one writable"
            default: "; remove what has its name, or name another place with --output"
            }
        return Fault(
            error == .permissionDenied ? .permission : .failed,
            "cannot write \(path.appending(name)): \(error)\(remedy)")
    }
}

// MARK: - Locking

extension HeldDirectory {
    /// Locks a file, which is made if it is not there.
    ///
    /// - Returns: nil if another process holds the lock.
    /// - Throws: `Fault` if it is not a regular file of ours.
    package func lock(_ name: String) throws -> FileDescriptor? {
        let opened = openat(
            descriptor.rawValue, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            let error = Errno(rawValue: errno)
            guard error == .tooManySymbolicLinkLevels else { throw cannotWrite(name, error) }
            throw Fault(.failed, "\(path.appending(name)) is a link, which is not followed; remove it")
        }
        let file = FileDescriptor(rawValue: opened)
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            try? file.close()
            throw Fault(.failed, "\(path.appending(name)) is not a file of Walkback's; remove it")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            try? file.close()
            return nil
        }
        return file
    }
}

// MARK: - Reading

extension HeldDirectory {
    /// The whole content of a regular file; nil if there is none of this name.
    ///
    /// - Parameters:
    ///   - most: the size above which the file is refused.
    ///   - isOwn: whether the file must belong to us and have no second name, as what a guest hands over.
    /// - Throws: `Fault` if it is anything else: a link, a FIFO, a device, a file of another user, or one that is too
    ///   large.
    package func read(_ name: String, most: ByteCount, isOwn: Bool = false) throws -> [UInt8]? {
        let file = path.appending(name)
        let opened = openat(
            descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory { return nil }
            throw Fault(
                .failed,
                error == .tooManySymbolicLinkLevels
                    ? "\(file) is a link, which is not followed; remove it"
                    : "cannot read \(file): \(error); make it readable for you")
        }
        let descriptor = FileDescriptor(rawValue: opened)
        return try descriptor.closeAfter {
            var status = stat()
            guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw Fault(.failed, "\(file) is not a regular file; remove it")
            }
            guard !isOwn || (status.st_uid == geteuid() && status.st_nlink == 1) else {
                throw Fault(.failed, "\(file) belongs to another user or has a second name; remove it")
            }
            let tooLarge = Fault(
                .failed, "\(file) is larger than \(most.megabytes.text()) MB, which no file of its kind is; remove it")
            guard status.st_size <= most.bytes else { throw tooLarge }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Int(status.st_size))
            while true {
                let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                    filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if chunk.isEmpty { return bytes }
                bytes += chunk
                guard bytes.count <= most.bytes else { throw tooLarge }
            }
        }
    }
}

extension HeldDirectory {
    /// A regular file, opened for reading; nil if there is none of this name or it is anything else.
    func regularFile(_ name: String) -> FileDescriptor? {
        let opened = openat(descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        var status = stat()
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            return nil
        }
        return FileDescriptor(rawValue: opened)
    }
}

// MARK: - Removing

extension HeldDirectory {
    /// Removes a file, or a link itself and not what it leads to; a directory stays.
    package func removeFile(_ name: String) {
        _ = unlinkat(descriptor.rawValue, name, 0)
    }

    /// Removes an entry with everything in it; a link itself and not what it leads to. What cannot be removed stays.
    ///
    /// - Returns: whether there is nothing of this name now.
    @discardableResult
    package func remove(_ name: String) -> Bool {
        if unlinkat(descriptor.rawValue, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR, let doomed = opened(Array(name.utf8CString)) else { return false }
        // Directories within directories are moved up into this one before they are emptied, so that neither the stack
        // nor the number of descriptors limits how deep they may be nested.
        var waiting = doomed.removeFiles()
        var moved = 0
        while let next = waiting.popLast() {
            guard let directory = doomed.opened(next) else { continue }
            for inner in directory.removeFiles() {
                moved += 1
                let temporary = Array(".removed.\(moved)".utf8CString)
                guard renameat(directory.descriptor.rawValue, inner, doomed.descriptor.rawValue, temporary) == 0
                else { continue }
                waiting.append(temporary)
            }
            _ = unlinkat(doomed.descriptor.rawValue, next, AT_REMOVEDIR)
        }
        return unlinkat(descriptor.rawValue, name, AT_REMOVEDIR) == 0
    }

    /// Removes every entry that is not a directory, and returns the names of those that are. Names are bytes, since a
    /// program in a guest may have chosen any.
    private func removeFiles() -> [[CChar]] {
        ((try? names()) ?? []).filter { unlinkat(descriptor.rawValue, $0, 0) != 0 && errno == EISDIR }
    }

    /// A directory in this one, readable and writable for us if it is ours.
    private func opened(_ name: [CChar]) -> HeldDirectory? {
        // Whoever made it may have forbidden its reading.
        let opened = walkback_open_own_directory(descriptor.rawValue, name)
        return opened < 0 ? nil : try? HeldDirectory(path, opened: opened)
    }
}
