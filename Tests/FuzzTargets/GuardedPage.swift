// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Memory whose last byte is followed by a page that cannot be read, so that reading beyond an input ends the process.
final class GuardedPage {
    private let memory: UnsafeMutableRawPointer
    private let size: Int

    /// - Parameter size: the size of the largest input.
    init(size: Int) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        self.size = (size + page - 1) / page * page
        let protection = PROT_READ | PROT_WRITE
        guard let memory = mmap(nil, self.size + page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED, mprotect(memory + self.size, page, PROT_NONE) == 0
        else { fatalError("no memory: \(String(cString: strerror(errno)))") }
        self.memory = memory
    }

    deinit {
        munmap(memory, size + sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Passes the bytes, as far as they fit, at the end of the memory.
    func with<Result>(_ bytes: some Collection<UInt8>, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        let bytes = bytes.prefix(size)
        let place = UnsafeMutableRawBufferPointer(start: memory + size - bytes.count, count: bytes.count)
        place.copyBytes(from: bytes)
        return try body(UnsafeRawBufferPointer(place).bytes)
    }
}
