// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import FoundationEssentials
import Glibc
import SystemPackage

extension FaultDocument {
    package static func read(_ bytes: [UInt8]) throws -> Fault {
        try JSONDecoder().decode(FaultDocument.self, from: Data(bytes)).fault
    }
}

/// The few file operations that reading results needs.
package enum Files {
    /// The whole file, or nil if it does not exist. Files larger than `most` bytes are refused, and so is everything
    /// that is not a regular file.
    package static func read(_ path: FilePath, most: Int = 256 << 20) throws -> [UInt8]? {
        let file: FileDescriptor
        do {
            // Without this option, opening a FIFO waits for somebody who writes to it.
            file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw Fault(.failed, "cannot read '\(path)': \(describe(error))")
        }
        return try file.closeAfter {
            var status = stat()
            guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw Fault(.failed, "'\(path)' is not a regular file; name a regular file in its place")
            }
            var bytes: [UInt8] = []
            while true {
                let count = bytes.count
                let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                    filled = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if chunk.isEmpty { return bytes }
                bytes += chunk
                if count > most {
                    throw Fault(
                        .failed,
                        "'\(path)' is larger than \(most) bytes, so it is not a file of walkback; remove it, "
                            + "and run again"
                    )
                }
            }
        }
    }

    package static func text(_ path: FilePath) throws -> String? {
        try read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    package static func remove(_ path: FilePath) {
        unlink(path.string)
    }

    /// Removes a directory with its files and subdirectories.
    package static func removeDirectory(_ path: FilePath) {
        for name in entries(of: path) {
            let entry = path.appending(name)
            if unlink(entry.string) != 0 { removeDirectory(entry) }
        }
        rmdir(path.string)
    }

    /// The names in a directory, sorted; empty if it cannot be read.
    package static func entries(of path: FilePath) -> [String] {
        guard let directory = opendir(path.string) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package static func isFile(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The path of this program's own executable file.
    package static func executable() throws -> FilePath {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? -1
        }
        guard length > 0 else {
            throw Fault(
                .failed, "cannot find this program's own file: \(describe(Errno(rawValue: errno))) (/proc/self/exe)")
        }
        return FilePath(String(decoding: buffer[..<length], as: UTF8.self))
    }

    /// When the contents of a file last changed, as nanoseconds of the wall clock; nil if there is no such file.
    package static func modification(of path: FilePath) -> Int64? {
        let time = walkback_modified(path.string)
        return time < 0 ? nil : time
    }

    package static func describe(_ error: any Error) -> String {
        (error as? Fault)?.message ?? "\(error)"
    }

    package static func describe(errno number: CInt) -> String {
        Errno(rawValue: number).description
    }
}
