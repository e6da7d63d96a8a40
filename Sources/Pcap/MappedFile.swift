import Glibc
import Units

/// A file of which one window at a time is in this process's memory, so that a capture of any size takes the same.
final class MappedFile {
    /// Large enough that mapping costs nothing beside reading, small enough to be forgotten.
    static let windowSize = 8 << 20

    let path: String
    let descriptor: Int32
    /// As it was when the file was opened.
    let size: Int64
    private var mapping = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// - Throws: `Fault` (bad input) where the file is missing, unreadable or no ordinary file.
    init(_ path: String) throws(Fault) {
        self.path = path
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
    }

    deinit {
        unmap()
        close(descriptor)
    }

    /// The file's size now, at most what it was: memory beyond a file's end must not be touched.
    var presentSize: Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? min(size, Int64(status.st_size)) : 0
    }

    /// Maps the window that begins at `offset`; the one before is gone.
    ///
    /// - Returns: `needed` bytes or more, or all that are left.
    /// - Throws: `Fault` where memory is out.
    func window(at offset: Int64, needed: Int) throws(Fault) -> UnsafeRawBufferPointer {
        unmap()
        let present = presentSize
        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        let start = offset / page * page
        let length = min(present - start, Int64(max(needed, Self.windowSize)) + (offset - start))
        guard length > offset - start else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        // Populated at once: one fault for each page would cost more than reading the packets does.
        let address = mmap(nil, Int(length), PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, off_t(start))
        guard let address, address != MAP_FAILED else {
            throw Fault(.failed, "cannot map '\(path)' into memory: \(String(cString: strerror(errno)))")
        }
        posix_fadvise(descriptor, off_t(start + length), off_t(Self.windowSize), POSIX_FADV_WILLNEED)
        mapping = UnsafeMutableRawBufferPointer(start: address, count: Int(length))
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(mapping)[Int(offset - start)...])
    }

    private func unmap() {
        guard let address = mapping.baseAddress else { return }
        munmap(address, mapping.count)
        mapping = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
