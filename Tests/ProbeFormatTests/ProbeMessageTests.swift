// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Testing

@testable import ProbeFormat

@Suite struct `A datagram of a probe` {
    private static let nonce = (0..<16).map { UInt8($0) }
    private static let cookie = (0..<16).map { UInt8(255 - $0) }
    private static let code = (0..<32).map { UInt8($0 * 7 & 0xff) }

    private static let feedback = ProbeMessage.Feedback(
        latest: 1, latestSent: 2, packets: 3, ipBytes: 4, time: 5, held: 6)

    private static let all: [ProbeMessage] = [
        .hello(nonce: nonce), .challenge(nonce: nonce, cookie: cookie),
        .start(nonce: nonce, cookie: cookie, code: code),
        .started(nonce: nonce, session: 0x0123_4567_89ab_cdef, seconds: 7200, code: code),
        .refused(nonce: nonce, reason: .tooMany),
        .data(session: 5, number: 1 << 40, time: 1 << 60, feedback), .feedback(session: 6, feedback),
        .echo(session: 7, number: 8, time: 9), .echoReply(session: 7, number: 8, time: 9), .stop(session: 10),
        .idle(session: 11, milliseconds: 3000), .bulk(session: 12, .down, nonce: nonce, cookie: cookie, code: code),
        .report(session: 13, feedback), .relay(session: 14, of: 15, feedback),
        .sound(session: 16),
    ]

    private static func decode(_ bytes: [UInt8]) -> ProbeMessage? { bytes.withUnsafeBytes { ProbeMessage($0) } }

    @Test func `is read as it was written, with whatever fills it up`() {
        for message in Self.all {
            #expect(Self.decode(message.encoded) == message)
            #expect(Self.decode(message.encoded + [UInt8](repeating: 9, count: 1000)) == message)
        }
    }

    @Test func `is nothing where it is cut off, or of somebody else`() {
        for message in Self.all where message != .hello(nonce: Self.nonce) {
            #expect(Self.decode(message.encoded.dropLast()) == nil)
        }
        for place in [0, 4, 5] {
            var bytes = ProbeMessage.stop(session: 1).encoded
            bytes[place] = 200
            #expect(Self.decode(bytes) == nil)
        }
        #expect(Self.decode([]) == nil)
    }

    @Test func `survives garbage`() {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            var bytes = (0..<Int(generator.next(below: 120))).map { _ in UInt8(generator.next(below: 256)) }
            if bytes.count > 6, generator.next(below: 2) == 0 {
                bytes.replaceSubrange(0..<6, with: [0x57, 0x42, 0x50, 0x52, 1, UInt8(generator.next(below: 17))])
            }
            if let message = Self.decode(bytes) { #expect(Self.decode(message.encoded) == message) }
        }
    }

    @Test func `is larger than any answer that somebody without the key can draw`() {
        #expect(ProbeMessage.hello(nonce: Self.nonce).encoded.count == ProbeMessage.helloSize)
        #expect(ProbeMessage.challenge(nonce: Self.nonce, cookie: Self.cookie).encoded.count < ProbeMessage.helloSize)
        let start = ProbeMessage.start(nonce: Self.nonce, cookie: Self.cookie, code: Self.code).encoded.count
        #expect(ProbeMessage.refused(nonce: Self.nonce, reason: .wrongKey).encoded.count < start)
    }

    @Test func `has all that a capture of headers should hold within 128 bytes`() {
        for message in Self.all.dropFirst(5) {
            // The headers of Ethernet, IPv4 and UDP.
            #expect(message.encoded.count + 14 + 20 + 8 <= 128)
        }
    }
}
