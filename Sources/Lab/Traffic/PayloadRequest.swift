// SPDX-License-Identifier: Apache-2.0
/// What a client asks of the server: seven little-endian words, at the beginning of a connection and again whenever all
/// that was asked for before has been transferred.
struct PayloadRequest: Equatable {
    static let wordCount = 7
    static let size = wordCount * 8
    /// In place of `uploadOffset`: the server, which knows what has arrived, is to say where the upload goes on. It
    /// answers with one word before anything else.
    static let unknown = UInt64.max

    /// Of the stream that is wanted. The upload's own stream follows from it.
    var seed: UInt64
    /// The first byte that is wanted.
    var offset: UInt64 = 0
    /// The first byte that is no longer wanted.
    var end: UInt64 = 0
    /// The first and the end of the bytes that follow this request; no upload where the end is zero.
    var uploadOffset: UInt64 = 0
    var uploadEnd: UInt64 = 0
    /// How large the messages are of which the stream consists; zero: it has none.
    var frame: UInt64 = 0
    /// Every how many nanoseconds from the first request on the server has another of them; zero: it has all at once.
    var interval: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed
    }

    /// nil where the bytes are no request.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        let words = bytes.withUnsafeBytes { raw in
            (0..<Self.wordCount).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
        (seed, offset, end) = (words[0], words[1], words[2])
        (uploadOffset, uploadEnd) = (words[3], words[4])
        (frame, interval) = (words[5], words[6])
        guard interval <= UInt64(Int64.max), interval == 0 || frame > 0 else { return nil }
    }

    var encoded: [UInt8] {
        [seed, offset, end, uploadOffset, uploadEnd, frame, interval].flatMap { word in
            withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
    }
}
