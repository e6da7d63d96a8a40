// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Quantities

/// An input file that a user gives, read whole.
public struct InputFile: Sendable {
    /// The path as the user gave it, for messages.
    public let path: String
    /// The whole contents.
    public let bytes: [UInt8]

    /// The largest file of a kind that is read whole.
    public static let largest = MemoryLimits.file

    /// Creates a file from contents that are in memory already.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// Reads a whole file.
    ///
    /// Only a regular file is read: a FIFO may have no writer, and a device may never end.
    ///
    /// - Throws: ``Fault`` that names the file: permission if it may not be read, bad input if it is missing, is not a
    ///   regular file or is too large.
    public static func read(_ path: String, largest: ByteCount = InputFile.largest) throws -> InputFile {
        let (descriptor, size) = try open(path)
        defer { close(descriptor) }
        let tooLarge = Fault.input(
            path,
            "is larger than \(largest.megabytes.text()) MB, which is too large for a file of this kind; split "
                + "it into walks"
        )
        guard size <= largest.bytes else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(size))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Fault.input(path, "cannot be read: \(String(cString: strerror(errno))); copy it again and retry")
            }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= largest.bytes else { throw tooLarge }
        }
        return InputFile(path: path, bytes: bytes)
    }

    /// A regular file, to be read piece by piece.
    ///
    /// - Throws: ``Fault`` as in ``read(_:largest:)``, but for the size.
    package static func pieces(_ path: String) throws -> FilePieces {
        let (descriptor, size) = try open(path)
        let file = OpenFile(descriptor: descriptor)
        return FilePieces(size: Int(size)) {
            try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, filled in
                while true {
                    let count = Glibc.read(file.descriptor, buffer.baseAddress, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else {
                        throw Fault.input(
                            path, "cannot be read: \(String(cString: strerror(errno))); copy it again and retry")
                    }
                    filled = count
                    return
                }
            }
        }
    }

    /// A descriptor that is closed when nobody reads from it any more.
    private final class OpenFile {
        let descriptor: CInt

        init(descriptor: CInt) {
            self.descriptor = descriptor
        }

        deinit {
            close(descriptor)
        }
    }

    /// Opens a regular file for reading, without waiting for anybody.
    ///
    /// - Returns: the descriptor, which the caller closes, and the file's size in bytes.
    /// - Throws: ``Fault`` as in ``read(_:largest:)``.
    package static func open(_ path: String) throws(Fault) -> (descriptor: CInt, size: Int64) {
        guard !path.utf8.contains(0) else { throw Fault.input(path, "cannot be the name of a file; name a file") }
        // Without O_NONBLOCK, opening a FIFO waits for somebody who writes to it.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let error = errno
            let cause = String(cString: strerror(error))
            if let shortage = Fault.shortage(opening: path, errno: error) { throw shortage }
            switch error {
            case EACCES, EPERM:
                throw Fault(
                    .permission,
                    "\(path): cannot be opened: \(cause); give yourself permission to read it and its directory")
            // The answer of a socket, and of a device without a driver.
            case ENXIO, ENODEV: throw Fault.input(path, "is a socket or a device; name a regular file")
            default: throw Fault.input(path, "cannot be opened: \(cause); check the name of the file")
            }
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Fault.input(path, objection(to: status.st_mode & S_IFMT))
        }
        return (descriptor, Int64(status.st_size))
    }

    private static func objection(to kind: mode_t) -> String {
        switch kind {
        case S_IFDIR: "is a directory; name a file in it"
        case S_IFIFO: "is a pipe, and walkback may have to read its input twice; write it to a file first"
        default: "is not a regular file but a device or a socket; name a regular file"
        }
    }

    /// The number of lines, of which the last need not be ended; blank lines count.
    public var lineCount: Int {
        let ends = bytes.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } }
        return ends + (bytes.last.map { $0 == UInt8(ascii: "\n") } ?? true ? 0 : 1)
    }

    /// The text without a byte order mark.
    ///
    /// - Throws: ``Fault`` (bad input) with the line of the first byte that is not UTF-8.
    public func text() throws -> String {
        if let text = String(validating: bytes, as: UTF8.self) {
            return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        }
        var (line, start) = (1, 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if String(validating: bytes[start..<end], as: UTF8.self) == nil { break }
            (line, start) = (line + 1, end + 1)
        }
        throw Fault.input(path, line: line, "is not UTF-8 text; save it as UTF-8, or name another file")
    }
}
