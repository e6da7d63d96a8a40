// SPDX-License-Identifier: Apache-2.0
import CZlib
import CZstd

/// Decompresses the contents of a capture piece by piece.
final class Decompression: ByteSource {
    enum Method: Sendable {
        case gzip, zstd

        /// Number of bytes at the front of a file that identify the compression.
        static let markSize = 4

        /// nil if a file that begins with these bytes uses neither method.
        init?(firstBytes: RawSpan) {
            guard firstBytes.byteCount >= Self.markSize else { return nil }
            switch firstBytes.network(at: 0, as: UInt32.self) {
            case 0x1f8b_0800...0x1f8b_08ff: self = .gzip
            case 0x28b5_2ffd: self = .zstd
            // A skippable frame, which may precede the first frame: 184D2A5x in little-endian.
            case let magic where magic & 0xf0ff_ffff == 0x502a_4d18: self = .zstd
            default: return nil
            }
        }

        var name: String { self == .gzip ? "gzip" : "zstd" }
    }

    private static let inputSize = 1 << 18

    let method: Method
    private let file: FileSource
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: Decompression.inputSize, alignment: 16)
    private var position = 0
    private var available = 0
    private var gzip = z_stream()
    private let zstd: OpaquePointer?
    /// Whether the data read so far ends at a point where the compressed stream may end.
    private var isComplete = false
    private(set) var isFinished = false
    private(set) var failure: String?

    init(_ file: FileSource, _ method: Method) {
        self.file = file
        self.method = method
        zstd = method == .zstd ? ZSTD_createDStream() : nil
        if method == .gzip, walkback_gzip_begin(&gzip) != Z_OK { fail("cannot be unpacked for lack of memory") }
        if method == .zstd, zstd == nil { fail("cannot be unpacked for lack of memory") }
    }

    deinit {
        inflateEnd(&gzip)
        ZSTD_freeDStream(zstd)
        input.deallocate()
    }

    func read(into output: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < output.count, !isFinished {
            if position == available { refill() }
            if isFinished { break }
            let rest = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
            filled += method == .gzip ? inflate(into: rest) : decompress(into: rest)
        }
        return filled
    }

    private func refill() {
        position = 0
        available = 0
        available = file.read(into: input)
        guard available == 0 else { return }
        isFinished = true
        if let cause = file.failure { failure = cause } else if !isComplete { fail("is cut off") }
    }

    private func inflate(into output: UnsafeMutableRawBufferPointer) -> Int {
        // The file continues after the end of one stream: `cat` can concatenate gzip files.
        if isComplete, inflateReset(&gzip) != Z_OK {
            fail("cannot be unpacked for lack of memory")
            return 0
        }
        let size = min(output.count, 1 << 30)
        gzip.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self).advanced(by: position)
        gzip.avail_in = uInt(available - position)
        gzip.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
        gzip.avail_out = uInt(size)
        let result = CZlib.inflate(&gzip, Z_NO_FLUSH)
        position = available - Int(gzip.avail_in)
        isComplete = result == Z_STREAM_END
        if result != Z_OK, result != Z_STREAM_END {
            fail("is damaged (\(gzip.msg.map { String(cString: $0) } ?? "zlib error \(result)"))")
        }
        return size - Int(gzip.avail_out)
    }

    private func decompress(into output: UnsafeMutableRawBufferPointer) -> Int {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: available, pos: position)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(zstd, &target, &source)
        position = source.pos
        if ZSTD_isError(result) != 0 {
            fail("is damaged (\(String(cString: ZSTD_getErrorName(result))))")
        } else {
            isComplete = result == 0
        }
        return target.pos
    }

    private func fail(_ cause: String) {
        failure = "the \(method.name) stream \(cause)"
        isFinished = true
    }
}
