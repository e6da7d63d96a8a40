// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents

/// Complete pcapng blocks that are waiting to be written, one directly after the other, in the machine's byte order.
///
/// Uses memory of its own instead of an array because a recorder appends a million small fields per second.
struct BlockBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0
    /// Where the block being written begins.
    private var start = 0

    init(capacity: Int) {
        memory = .allocate(byteCount: capacity, alignment: 8)
    }

    deinit {
        memory.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func removeAll() {
        count = 0
    }

    /// The total size of the blocks that lie completely within the first `length` bytes.
    func wholeBlocks(within length: Int) -> Int {
        var end = 0
        while end + 8 <= length {
            let next = end + Int(memory.loadUnaligned(fromByteOffset: end + 4, as: UInt32.self))
            if next > length { break }
            end = next
        }
        return end
    }

    mutating func beginBlock(_ type: UInt32) {
        start = count
        append(type)
        append(UInt32(0))
    }

    /// Writes the block's length at both its ends.
    mutating func endBlock() {
        let length = UInt32(count - start + 4)
        append(length)
        memory.storeBytes(of: length, toByteOffset: start + 4, as: UInt32.self)
    }

    mutating func append<Field: FixedWidthInteger & BitwiseCopyable>(_ field: Field) {
        reserve(MemoryLayout<Field>.size)
        memory.storeBytes(of: field, toByteOffset: count, as: Field.self)
        count += MemoryLayout<Field>.size
    }

    /// Appends `bytes`, padded with zeros to a multiple of four.
    mutating func appendPadded(_ bytes: UnsafeRawBufferPointer) {
        let padded = (bytes.count + 3) & ~3
        reserve(padded)
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + padded)])
        target.copyMemory(from: bytes)
        for index in bytes.count..<padded { target[index] = 0 }
        count += padded
    }

    private mutating func reserve(_ size: Int) {
        guard count + size > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(memory.count * 2, count + size), alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}

extension BlockBuffer {
    /// An option whose value is a number in the section's byte order.
    mutating func appendOption<Field: FixedWidthInteger & BitwiseCopyable>(_ code: UInt16, _ value: Field) {
        withUnsafeBytes(of: value) { appendOption(code, $0) }
    }

    /// An option holds at most 64 KB; a longer text is truncated at a character boundary.
    mutating func appendOption(_ code: UInt16, _ text: String?, prefix: [UInt8] = []) {
        guard let text else { return }
        var bytes = prefix + Array(text.utf8)
        if bytes.count > Int(UInt16.max) {
            var end = Int(UInt16.max)
            while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        bytes.withUnsafeBytes { appendOption(code, $0) }
    }

    /// A time stamp in the form of a block's option: the upper half comes first, whatever the byte order.
    mutating func appendOption(_ code: UInt16, stamp: UInt64?) {
        guard let stamp else { return }
        append(code)
        append(UInt16(8))
        append(UInt32(truncatingIfNeeded: stamp >> 32))
        append(UInt32(truncatingIfNeeded: stamp))
    }

    mutating func endOptions() {
        append(UInt32(0))
    }

    /// - Parameter value: at most 65,535 bytes.
    private mutating func appendOption(_ code: UInt16, _ value: UnsafeRawBufferPointer) {
        append(code)
        append(UInt16(value.count))
        appendPadded(value)
    }
}
