import Units

/// What a capture file holds, decompressed where it must be, from front to back through one window of memory.
final class CaptureContents {
    /// Of decompressed contents; grows where a record is longer.
    private static let bufferSize = 1 << 20

    let compression: Decompression.Method?
    private let file: MappedFile
    private let decompression: Decompression?
    /// Of decompressed contents: what has not been consumed, from the front on.
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var window = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Of the window's first byte in the contents.
    private(set) var offset: Int64 = 0

    /// - Throws: `Fault` (bad input) where the file cannot be read.
    init(_ path: String) throws(Fault) {
        let file = try MappedFile(path)
        let start = try file.window(at: 0, needed: 0)
        self.file = file
        compression = Decompression.Method(firstBytes: start.bytes)
        decompression = compression.map { Decompression(file, $0) }
        if compression == nil {
            window = start
        } else {
            buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
            try advance(by: 0, needed: 1)
        }
    }

    deinit {
        buffer.deallocate()
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { _overrideLifetime(window.bytes, borrowing: self) }
    }

    /// Whether the contents end with the window.
    var isLast: Bool {
        decompression.map(\.isFinished) ?? (offset + Int64(window.count) >= file.presentSize)
    }

    /// Why the contents end before they should; nil where they do not.
    var failure: String? {
        if let decompression { return decompression.failure }
        return file.presentSize < file.size ? "the file became shorter while it was read" : nil
    }

    /// Moves the window's start on by `consumed` bytes and has it hold `needed` bytes, or all that are left.
    func advance(by consumed: Int, needed: Int) throws(Fault) {
        offset += Int64(consumed)
        guard let decompression else {
            window = try file.window(at: offset, needed: needed)
            return
        }
        let kept = window.count - consumed
        if needed > buffer.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: needed, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[consumed...]))
            buffer.deallocate()
            buffer = larger
        } else if kept > 0 {
            // The two may overlap, which copyMemory allows.
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[consumed...]))
        }
        let added = decompression.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]))
        window = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + added)])
    }
}
