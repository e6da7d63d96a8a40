// SPDX-License-Identifier: Apache-2.0
import Documents

/// What a capture file holds, decompressed where it must be, from front to back through one window of memory.
final class CaptureContents {
    /// Small enough to stay in a processor's own cache while its packets are read; grows where a record is longer.
    private static let bufferSize = 1 << 18

    let compression: Decompression.Method?
    private let source: any ByteSource
    /// What has not been consumed, from the front on.
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: CaptureContents.bufferSize, alignment: 16)
    private var count = 0
    /// Of the window's first byte in the contents.
    private(set) var offset: Int64 = 0

    /// - Throws: `Fault` (bad input) where the file cannot be read.
    init(_ path: String) throws(Fault) {
        let file = try FileSource(path)
        let start = file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Decompression.Method.markSize]))
        compression = Decompression.Method(firstBytes: UnsafeRawBufferPointer(rebasing: buffer[..<start]).bytes)
        file.rewind()
        source = compression.map { Decompression(file, $0) } ?? file
        advance(by: 0, needed: 1)
    }

    deinit {
        buffer.deallocate()
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { _overrideLifetime(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes, borrowing: self) }
    }

    /// Whether the contents end with the window.
    var isLast: Bool { source.isFinished }

    /// Why the contents end before they should; nil where they do not.
    var failure: String? { source.failure }

    /// Moves the window's start on by `consumed` bytes and has it hold `needed` bytes, or all that are left.
    func advance(by consumed: Int, needed: Int) {
        offset += Int64(consumed)
        let rest = UnsafeRawBufferPointer(rebasing: buffer[consumed..<count])
        if needed > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed, alignment: 16)
            larger.copyMemory(from: rest)
            buffer.deallocate()
            buffer = larger
        } else {
            // The two may overlap, which copyMemory allows.
            buffer.copyMemory(from: rest)
        }
        count = rest.count + source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[rest.count...]))
    }
}
