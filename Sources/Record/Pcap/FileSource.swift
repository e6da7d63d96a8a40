// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc

/// What a capture holds is read from one of these, front to back.
protocol ByteSource: AnyObject {
    /// Whether everything has been read.
    var isFinished: Bool { get }
    /// Why the contents end before they should; nil where they do not.
    var failure: String? { get }
    /// Fills `output` from its front on.
    ///
    /// - Returns: how many bytes; fewer than fit only at the end.
    func read(into output: UnsafeMutableRawBufferPointer) -> Int
}

/// A file as it was when it was opened: what is appended to it later is not read.
///
/// Read and not mapped: the copy costs less than the faults and cache misses of a mapping, and a file that becomes
/// shorter meanwhile is a short read where a mapping would end the process.
final class FileSource: ByteSource {
    private let descriptor: Int32
    private let size: Int64
    private var position: Int64 = 0
    private(set) var failure: String?

    /// - Throws: `Fault` (bad input) where the file is missing, unreadable or no ordinary file.
    init(_ path: String) throws(Fault) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let cause = String(cString: strerror(errno))
            throw Fault.input(path, "cannot be opened: \(cause); check the name and its permissions")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let isDirectory = status.st_mode & S_IFMT == S_IFDIR
            close(descriptor)
            throw Fault.input(
                path, isDirectory ? "is a directory; name a file in it" : "is no ordinary file; copy it into one first")
        }
        size = Int64(status.st_size)
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

    /// From the front once more.
    func rewind() {
        position = 0
    }
}
