// SPDX-License-Identifier: Apache-2.0
/// A client's request to the server: seven little-endian words, sent at the beginning of a connection and again
/// whenever everything requested before has been transferred.
struct PayloadRequest: Equatable {
    static let wordCount = 7
    static let size = wordCount * 8
    /// Takes the place of `uploadOffset`. The server, which knows what has arrived, then says where the upload
    /// continues: it answers with one word before anything else.
    static let unknown = UInt64.max

    /// Seed of the requested stream. The upload's own stream follows from it.
    var seed: UInt64
    /// The first byte that is requested.
    var offset: UInt64 = 0
    /// The first byte that is no longer requested.
    var end: UInt64 = 0
    /// The first byte and the end of the upload that follows this request; there is no upload if the end is zero.
    var uploadOffset: UInt64 = 0
    var uploadEnd: UInt64 = 0
    /// The size of the messages that the stream consists of; zero if it has no messages.
    var frame: UInt64 = 0
    /// The interval in nanoseconds, from the first request on, at which the server has another message; zero if it has
    /// all of them at once.
    var interval: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed
    }

    /// nil if the bytes are not a request.
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
