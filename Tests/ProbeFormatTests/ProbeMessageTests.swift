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

    private static func decode(_ bytes: [UInt8]) -> ProbeDatagram? { bytes.withUnsafeBytes { ProbeDatagram($0) } }

    /// The bytes in version 2, with a code that is no right one.
    private static func bytes(_ message: ProbeMessage) -> [UInt8] {
        message.isSealed ? message.covered(number: 77) + [UInt8](repeating: 1, count: 8) : message.greeting
    }

    @Test func `is read as it was written, with whatever fills it up`() throws {
        for message in Self.all {
            for bytes in [Self.bytes(message), Self.bytes(message) + [UInt8](repeating: 9, count: 1000)] {
                let datagram = try #require(Self.decode(bytes))
                #expect(datagram.message == message)
                #expect(datagram.version == 2)
                #expect((datagram.seal != nil) == message.isSealed)
                guard let seal = datagram.seal else { continue }
                #expect(seal.number == 77 && seal.code == 0x0101_0101_0101_0101)
                #expect(Array(bytes.prefix(seal.coveredSize)) == message.covered(number: 77))
            }
        }
    }

    @Test func `is read from recordings of version 1`() throws {
        for message in Self.all {
            for bytes in [message.encoded, message.encoded + [UInt8](repeating: 9, count: 1000)] {
                let datagram = try #require(Self.decode(bytes))
                #expect(datagram.message == message)
                #expect(datagram.version == 1)
                #expect(datagram.seal == nil)
            }
        }
    }

    @Test func `is nothing where its fields are cut off, or of somebody else`() throws {
        for message in Self.all where message != .hello(nonce: Self.nonce) {
            #expect(Self.decode(message.encoded.dropLast()) == nil)
        }
        for message in Self.all where message.isSealed {
            #expect(Self.decode(message.covered(number: 1).dropLast()) == nil)
            // A capture may end before the code.
            #expect(try #require(Self.decode(message.covered(number: 1))).seal?.code == nil)
        }
        for place in [0, 4, 5] {
            var bytes = ProbeMessage.stop(session: 1).covered(number: 1)
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
                let version = UInt8(1 + generator.next(below: 2))
                bytes.replaceSubrange(0..<6, with: [0x57, 0x42, 0x50, 0x52, version, UInt8(generator.next(below: 17))])
            }
            if let message = Self.decode(bytes)?.message {
                #expect(Self.decode(message.encoded)?.message == message)
            }
        }
    }

    @Test func `is larger than any answer that somebody without the key can draw`() {
        let hello = ProbeMessage.hello(nonce: Self.nonce).greeting.count
        let start = ProbeMessage.start(nonce: Self.nonce, cookie: Self.cookie, code: Self.code).greeting.count
        #expect(hello == ProbeMessage.greetingSize && start == ProbeMessage.greetingSize)
        for message in Self.all where !message.isSealed {
            switch message {
            case .challenge, .started, .refused: #expect(message.greeting.count < ProbeMessage.greetingSize)
            default: break
            }
        }
    }

    @Test func `has its fields within 128 bytes of a packet over IPv4, and its code within 160 over IPv6`() {
        for message in Self.all where message.isSealed {
            // The headers of Ethernet, IPv4 and UDP; and with IPv6.
            #expect(message.covered(number: 1).count + 14 + 20 + 8 <= 128)
            #expect(message.covered(number: 1).count + ProbeMessage.sealSize + 14 + 40 + 8 <= 160)
        }
    }

    @Test func `of another version tells which one where it greets, and is nothing else`() throws {
        func foreign(_ message: ProbeMessage, version: UInt8) -> ForeignGreeting? {
            var bytes = message.greeting
            bytes[4] = version
            return bytes.withUnsafeBytes { ForeignGreeting($0) }
        }
        for version: UInt8 in [1, 3, 255] {
            let hello = try #require(foreign(.hello(nonce: Self.nonce), version: version))
            #expect(hello.version == version && hello.isHello && hello.nonce == Self.nonce)
            let refusal = try #require(foreign(.refused(nonce: Self.nonce, reason: .otherVersion), version: version))
            #expect(refusal.version == version && !refusal.isHello && refusal.nonce == Self.nonce)
        }
        #expect(foreign(.hello(nonce: Self.nonce), version: 2) == nil)
        #expect(foreign(.start(nonce: Self.nonce, cookie: Self.cookie, code: Self.code), version: 1) == nil)
    }
}
