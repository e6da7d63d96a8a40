// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System

/// A source from which the contents of a capture are read from front to back.
protocol ByteSource: AnyObject {
    /// Whether everything has been read.
    var isFinished: Bool { get }
    /// Why the contents end early; nil if they do not.
    var failure: String? { get }
    /// Fills `output` from its beginning.
    ///
    /// - Returns: the number of bytes read; less than `output` holds only at the end.
    func read(into output: UnsafeMutableRawBufferPointer) -> Int
}

/// A file as it was when it was opened: data appended later is not read.
///
/// The file is read instead of mapped because the copy costs less than the page faults and cache misses of a mapping.
/// If the file is truncated meanwhile, a read is short, but an access to a mapping would kill the process.
final class FileSource: ByteSource {
    private let descriptor: Int32
    private let size: Int64
    private var position: Int64 = 0
    private(set) var failure: String?

    /// - Throws: `Fault`: bad input if the file is missing, unreadable or not a regular file.
    init(_ path: String) throws(Fault) {
        (descriptor, size) = try InputFile.open(path)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit {
        close(descriptor)
    }

    var isFinished: Bool { position >= size || failure != nil }

    func read(into output: UnsafeMutableRawBufferPointer) -> Int {
        let wanted = Int(min(Int64(output.count), size - position))
        var filled = 0
        while filled < wanted {
            let count = pread(descriptor, output.baseAddress?.advanced(by: filled), wanted - filled, off_t(position))
            if count < 0, errno == EINTR { continue }
            if count <= 0 {
                failure =
                    count == 0
                    ? "the file became shorter while it was read"
                    : "reading it failed: \(String(cString: strerror(errno)))"
                break
            }
            filled += count
            position += Int64(count)
        }
        return filled
    }

    /// Starts again at the front of the file.
    func rewind() {
        position = 0
    }
}
