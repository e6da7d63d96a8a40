// SPDX-License-Identifier: Apache-2.0
/// The packets of one direction that wait until it is known that none of the other is earlier.
///
/// A packet that libpcap passes on is in the kernel's ring only until the next one is asked for, so it is copied.
final class CaptureQueue {
    struct Header {
        /// Nanoseconds since 1970.
        var time: Int64
        /// The length on the wire, as far as the kernel knows it.
        var length: Int64
        var captured: Int
    }

    private var memory: UnsafeMutableRawBufferPointer
    private var begin = 0
    private var end = 0
    /// The time of the last packet that was put in.
    private(set) var last = Int64.min

    private static let header = MemoryLayout<Header>.stride

    init() {
        memory = .allocate(byteCount: 1 << 20, alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    var isEmpty: Bool { begin == end }

    /// The first packet; its bytes are valid until the queue changes.
    var first: (header: Header, bytes: UnsafeRawBufferPointer)? {
        guard begin < end else { return nil }
        let header = memory.load(fromByteOffset: begin, as: Header.self)
        let place = begin + Self.header
        return (header, UnsafeRawBufferPointer(rebasing: memory[place..<(place + header.captured)]))
    }

    func removeFirst() {
        guard let first else { return }
        begin += Self.size(first.header.captured)
        if begin == end { (begin, end) = (0, 0) }
    }

    func append(_ bytes: UnsafeRawBufferPointer, length: Int64, time: Int64) {
        let size = Self.size(bytes.count)
        if end + size > memory.count { makeRoom(size) }
        memory.storeBytes(
            of: Header(time: time, length: length, captured: bytes.count), toByteOffset: end, as: Header.self)
        UnsafeMutableRawBufferPointer(rebasing: memory[(end + Self.header)...]).copyMemory(from: bytes)
        end += size
        last = time
    }

    /// Moves what waits to the front, into more memory if that is not enough.
    private func makeRoom(_ size: Int) {
        let waiting = end - begin
        let whole = UnsafeRawBufferPointer(rebasing: memory[begin..<end])
        if waiting + size > memory.count / 2 {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(2 * memory.count, 2 * (waiting + size)), alignment: 16)
            larger.copyMemory(from: whole)
            memory.deallocate()
            memory = larger
        } else {
            memory.baseAddress?.copyMemory(from: memory.baseAddress! + begin, byteCount: waiting)
        }
        (begin, end) = (0, waiting)
    }

    /// A packet's place, so that the next header is aligned.
    private static func size(_ captured: Int) -> Int { header + (captured + 15) & ~15 }
}
