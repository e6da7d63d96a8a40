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

    /// A trace of two hours at one row a millisecond is 250 MB; a file larger than this is not a trace.
    public static let largest = ByteCount(1_000_000_000)

    /// Creates a file from contents that are in memory already.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// Reads a whole file.
    ///
    /// - Throws: ``Fault`` that names the file: permission if it may not be read, bad input if it is missing, a
    ///   directory or too large.
    public static func read(_ path: String, largest: ByteCount = InputFile.largest) throws -> InputFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let error = errno
            let cause = String(cString: strerror(error))
            if let shortage = Fault.shortage(opening: path, errno: error) { throw shortage }
            if error == EACCES || error == EPERM {
                throw Fault(
                    .permission,
                    "\(path): cannot be opened: \(cause); give yourself permission to read it and its directory")
            }
            throw Fault.input(path, "cannot be opened: \(cause); check the name of the file")
        }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw Fault.input(path, "is a directory; name a file in it")
        }
        let tooLarge = Fault.input(
            path,
            "is larger than \(largest.megabytes.text()) MB, which is too large for a file of this kind; split "
                + "it into walks"
        )
        guard status.st_size <= largest.bytes else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
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

    /// The text without a byte order mark.
    ///
    /// - Throws: ``Fault`` (bad input) with the line of the first byte that is not UTF-8.
    public func text() throws -> String {
        if let text = String(validating: bytes, as: UTF8.self) {
            return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        }
        let line = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw Fault.input(path, line: (line ?? 0) + 1, "is not UTF-8 text; save it as UTF-8, or name another file")
    }
}
