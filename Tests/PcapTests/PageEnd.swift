// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc

@testable import Pcap

/// Bytes that end at the end of a page, with no readable page behind it: reading beyond them ends the process.
final class PageEnd {
    private static let page = sysconf(Int32(_SC_PAGESIZE))
    private let memory: UnsafeMutableRawPointer

    init() throws {
        let protection = PROT_READ | PROT_WRITE
        guard let memory = mmap(nil, 2 * Self.page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED,
            mprotect(memory + Self.page, Self.page, PROT_NONE) == 0
        else { throw Fault(.failed, "no memory of two pages: \(String(cString: strerror(errno)))") }
        self.memory = memory
    }

    deinit {
        munmap(memory, 2 * Self.page)
    }

    /// - Parameter bytes: at most a page.
    func with<Result>(_ bytes: some Collection<UInt8>, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        let place = UnsafeMutableRawBufferPointer(start: memory + Self.page - bytes.count, count: bytes.count)
        place.copyBytes(from: bytes)
        return try body(UnsafeRawBufferPointer(place).bytes)
    }

    /// Calls `body` with a packet of `bytes`. If `hasOptions` is set, the bytes are its options too.
    func withPacket<Result>(
        _ bytes: some Collection<UInt8>, _ linkType: LinkType, originalBytes: Int, hasOptions: Bool = false,
        _ body: (borrowing Packet) throws -> Result
    ) rethrows -> Result {
        try with(bytes) { span in
            let record = PacketRecord(
                originalBytes: originalBytes, time: nil, interface: 0, linkType: linkType, offset: 0, swapped: false)
            return try body(Packet(record, span, hasOptions ? span : span.extracting(0..<0)))
        }
    }
}
