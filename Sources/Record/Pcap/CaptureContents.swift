// SPDX-License-Identifier: Apache-2.0
import Documents

/// The contents of a capture file, decompressed if necessary, read from front to back through one window of memory.
final class CaptureContents {
    /// Small enough to stay in a processor core's own cache while its packets are read. The buffer grows if a record is
    /// longer.
    private static let bufferSize = 1 << 18

    let compression: Decompression.Method?
    private let source: any ByteSource
    /// Holds the bytes that have not been consumed, starting at the front.
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: CaptureContents.bufferSize, alignment: 16)
    private var count = 0
    /// The position of the window's first byte in the contents.
    private(set) var offset: Int64 = 0

    /// - Throws: `Fault` (bad input) if the file cannot be read.
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

    /// Why the contents end early; nil if they do not.
    var failure: String? { source.failure }

    /// Moves the start of the window forward by `consumed` bytes and fills the window to at least `needed` bytes, or
    /// with everything that is left.
    func advance(by consumed: Int, needed: Int) {
        offset += Int64(consumed)
        let rest = UnsafeRawBufferPointer(rebasing: buffer[consumed..<count])
        if needed > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed, alignment: 16)
            larger.copyMemory(from: rest)
            buffer.deallocate()
            buffer = larger
        } else {
            // The two regions may overlap, which copyMemory allows.
            buffer.copyMemory(from: rest)
        }
        count = rest.count + source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[rest.count...]))
    }
}
