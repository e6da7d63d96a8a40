// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import SystemPackage

/// A directory that is held open. Everything in it is reached through its descriptor and by one name, and no link in it
/// is ever followed, so that whoever prepared or shares the directory cannot lead us elsewhere.
package final class HeldDirectory: Sendable {
    /// The path by which it was opened, for messages.
    package let path: FilePath
    package let descriptor: FileDescriptor

    /// Opens a directory that the user named. Links on the way to it are followed.
    ///
    /// - Throws: `Fault` if there is none, or it may not be read.
    package convenience init(_ path: FilePath) throws(Fault) {
        try self.init(path, opened: open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    }

    /// Opens a directory that the user named, and makes it and what is missing above it.
    package static func make(_ path: FilePath) throws(Fault) -> HeldDirectory {
        try makeDirectories(path)
        return try HeldDirectory(path)
    }

    private static func makeDirectories(_ path: FilePath) throws(Fault) {
        var parent = path
        if parent.removeLastComponent(), !parent.isEmpty, access(parent.string, F_OK) != 0 {
            try makeDirectories(parent)
        }
        guard mkdir(path.string, 0o755) != 0, errno != EEXIST else { return }
        let error = Errno(rawValue: errno)
        throw Fault(
            error == .permissionDenied ? .permission : .failed,
            "cannot make the directory \(path): \(error); name another with --output")
    }

    /// The directory of a file that the user named, and the file's name.
    ///
    /// - Parameter makes: whether a directory that is missing is made, with what is missing above it.
    /// - Throws: `Fault` if the path cannot be a file's or its directory is not there.
    package static func holding(
        _ file: FilePath, makes: Bool = false
    ) throws(Fault) -> (directory: HeldDirectory, name: String) {
        guard let name = file.lastComponent, name.kind == .regular else {
            throw Fault(.usage, "'\(file)' cannot be a file; name a file in a directory")
        }
        let directory = file.removingLastComponent()
        guard !directory.isEmpty else { return (try HeldDirectory("."), name.string) }
        return (try makes ? make(directory) : HeldDirectory(directory), name.string)
    }

    init(_ path: FilePath, opened: CInt) throws(Fault) {
        guard opened >= 0 else {
            let error = Errno(rawValue: errno)
            if let shortage = Fault.shortage(opening: path.string, errno: error.rawValue) { throw shortage }
            throw Fault(
                error == .permissionDenied ? .permission : .failed,
                error == .notDirectory
                    ? "\(path) is a file, but results need a directory; name another with --output"
                    : "cannot read the directory \(path): \(error); name another, or make this one readable")
        }
        self.path = path
        descriptor = FileDescriptor(rawValue: opened)
    }

    deinit {
        try? descriptor.close()
    }

    /// Opens a directory of ours in this one; makes it if it is not there.
    ///
    /// - Throws: `Fault` if it is a link or a file, or belongs to another user.
    package func subdirectory(_ name: String) throws -> HeldDirectory {
        let inner = path.appending(name)
        if mkdirat(descriptor.rawValue, name, 0o755) != 0, errno != EEXIST {
            let error = Errno(rawValue: errno)
            throw Fault(
                error == .permissionDenied ? .permission : .failed,
                "cannot make the directory \(inner): \(error); name another with --output")
        }
        guard let directory = try existing(name) else {
            throw Fault(.failed, "\(inner) was removed while it was used; try again")
        }
        guard let owner = directory.status?.st_uid, owner == geteuid() else {
            throw Fault(.failed, "\(inner) belongs to another user; remove it, or name another place with --output")
        }
        return directory
    }

    /// Opens a directory in this one; nil if there is none.
    ///
    /// - Throws: `Fault` if it is a link or a file.
    package func existing(_ name: String) throws -> HeldDirectory? {
        let opened = openat(descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if opened < 0, errno == ENOENT { return nil }
        let inner = path.appending(name)
        if opened < 0, errno == ELOOP || errno == ENOTDIR {
            throw Fault(.failed, "\(inner) is a link or a file where a directory is needed; remove it")
        }
        return try HeldDirectory(inner, opened: opened)
    }

    private var status: stat? {
        var status = stat()
        return fstat(descriptor.rawValue, &status) == 0 ? status : nil
    }

    /// The names in the directory, sorted. Those that are not UTF-8 are shown as well as they can be.
    package func entries() throws -> [String] {
        try names().map { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }.sorted()
    }

    /// The names in the directory as the system has them, each ended by a zero.
    func names() throws -> [[CChar]] {
        let again = openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0, let stream = fdopendir(again) else {
            let error = Errno(rawValue: errno)
            if again >= 0 { close(again) }
            throw Fault(
                error == .permissionDenied ? .permission : .failed,
                "cannot read the directory \(path): \(error); name another, or make this one readable")
        }
        defer { closedir(stream) }
        let dot = CChar(bitPattern: UInt8(ascii: "."))
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { $0.prefix { $0 != 0 }.map(CChar.init(bitPattern:)) }
            if name != [dot], name != [dot, dot] { names.append(name + [0]) }
        }
        return names
    }

    /// Whether there is anything of this name, a link that leads nowhere included.
    package func has(_ name: String) -> Bool { status(of: name) != nil }

    /// Whether `other` still is what has this name here.
    package func has(_ name: String, _ other: HeldDirectory) -> Bool {
        guard let there = status(of: name), let held = other.status else { return false }
        return there.st_dev == held.st_dev && there.st_ino == held.st_ino
    }

    private func status(of name: String) -> stat? {
        var status = stat()
        return fstatat(descriptor.rawValue, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }
}
