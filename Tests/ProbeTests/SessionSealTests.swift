// SPDX-License-Identifier: Apache-2.0
import Determinism
import ProbeFormat
import Testing

@testable import Probe

@Suite struct `A session's seal` {
    private let key: SharedKey
    private let nonce = (0..<16).map { UInt8($0) }
    private let client: SessionSeal
    private let server: SessionSeal

    init() throws {
        key = try SharedKey("a secret of the tests")
        client = SessionSeal(key, .client, nonce: nonce, session: 7)
        server = SessionSeal(key, .server, nonce: nonce, session: 7)
    }

    private static let feedback = ProbeMessage.Feedback(
        latest: 1, latestSent: 2, packets: 3, ipBytes: 4, time: 5, held: 6)

    private static let messages: [ProbeMessage] = [
        .data(session: 7, number: 1, time: 2, feedback), .feedback(session: 7, feedback),
        .echo(session: 7, number: 8, time: 9), .echoReply(session: 7, number: 8, time: 9), .stop(session: 7),
        .idle(session: 7, milliseconds: 3000), .report(session: 7, feedback), .relay(session: 7, of: 15, feedback),
        .sound(session: 7),
    ]

    private func accepts(_ end: SessionSeal, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in ProbeDatagram(raw).map { end.accepts($0, raw) } ?? false }
    }

    @Test func `is an HMAC of everything before it, cut to 64 bits`() throws {
        // Calculated separately with Python's hmac.
        let bytes = client.datagram(.stop(session: 7))
        #expect(
            bytes == Array("WBPR".utf8) + [2, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1] + Self.code)
    }

    private static let code: [UInt8] = [0xe2, 0xff, 0x92, 0x45, 0x98, 0xb1, 0xa6, 0xbe]

    @Test func `is accepted by the other end, and once`() throws {
        for message in Self.messages {
            let bytes = client.datagram(message)
            #expect(bytes.count == message.datagramSize)
            #expect(accepts(server, bytes))
            #expect(!accepts(server, bytes), "a repeated \(message) was accepted")
            #expect(!accepts(client, bytes), "a \(message) that came back was accepted")
        }
    }

    @Test func `covers every byte of the header and the fields, and the length`() throws {
        for message in Self.messages {
            let bytes = client.datagram(message)
            for place in 0..<message.covered(number: 0).count + ProbeMessage.sealSize {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[place] ^= 1 << bit
                    #expect(!accepts(server, changed), "byte \(place) of \(message)")
                }
            }
            #expect(!accepts(server, bytes + [0]))
            #expect(!accepts(server, bytes.dropLast()))
            #expect(!accepts(server, message.encoded), "a \(message) of version 1 was accepted")
            #expect(accepts(server, bytes))
        }
    }

    @Test func `is of no use in another session, or with another key`() throws {
        let other = SessionSeal(key, .server, nonce: nonce, session: 8)
        let later = SessionSeal(key, .server, nonce: nonce.reversed(), session: 7)
        let stranger = SessionSeal(
            try SharedKey("another secret of theirs"), .server, nonce: nonce, session: 7)
        for message in Self.messages {
            let bytes = client.datagram(message)
            for end in [other, later, stranger] { #expect(!accepts(end, bytes)) }
            var renumbered = bytes
            renumbered[15] = 8
            #expect(!accepts(other, renumbered))
        }
    }

    @Test func `never has a number twice`() throws {
        var numbers: Set<UInt64> = []
        for _ in 0..<1000 {
            let bytes = client.datagram(.sound(session: 7))
            let seal = try #require(bytes.withUnsafeBytes { ProbeDatagram($0) }?.seal)
            #expect(numbers.insert(seal.number).inserted)
        }
    }
}

@Suite struct `A message's code` {
    /// The test cases 1, 2, 3 and 6 of RFC 4231; the last has a key that is longer than a block.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ])
    func `is the one that RFC 4231 gives`(key: [UInt8], message: [UInt8], expected: String) {
        let authentication = MessageAuthentication(key: key)
        let code = authentication.code(of: message)
        #expect(code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
        // A second message begins from the key again.
        #expect(authentication.code(of: message) == code)
        let first = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        #expect(message.withUnsafeBytes { authentication.seal(of: $0) } == first)
    }
}

@Suite struct `A replay window` {
    @Test func `accepts each number once, in whatever order, unless it is too old to tell`() {
        let size = ReplayWindow.size
        var generator = SplitMix64(seed: 7)
        var window = ReplayWindow()
        var accepted: Set<UInt64> = []
        var largest: UInt64 = 0
        for step in 0..<100_000 {
            // Every hundredth number is far ahead.
            let reach = step % 100 == 99 ? 3 * size : size + size / 2
            let number = UInt64(max(0, Int64(largest) - Int64(size) + Int64(generator.next(below: reach)) - 100))
            let isNew = number > 0 && !accepted.contains(number) && number + size > largest
            let isAccepted = window.accept(number)
            #expect(isAccepted == isNew, "\(number) after \(largest), seed 7, step \(step)")
            if isNew { accepted.insert(number) }
            largest = max(largest, isNew ? number : 0)
        }
        #expect(accepted.count > 1000)
    }

    @Test func `survives the largest numbers`() {
        var window = ReplayWindow()
        let numbers: [UInt64] = [
            0, .max, .max, .max - 1, 1, .max - ReplayWindow.size + 1, .max - ReplayWindow.size,
        ]
        #expect(numbers.map { window.accept($0) } == [false, true, false, true, false, true, false])
    }
}

@Suite struct `A limit of questions` {
    private static func network(_ number: Int) -> [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    @Test func `allows a network so many in a second, and as many in the next`() {
        var limit = AskLimit()
        for second in Int64(1)..<4 {
            let allowed = (0..<200).count { _ in limit.allows(Self.network(1), at: second * 1_000_000_000) }
            #expect(allowed == Int(AskLimit.most))
        }
    }

    @Test func `is not used up by the addresses that others forge`() {
        var limit = AskLimit()
        var generator = SplitMix64(seed: 3)
        var answered = 0
        // An honest network asks five times a second, for 20 s.
        for tick in Int64(0)..<20_000 {
            let now = tick * 1_000_000
            for _ in 0..<25 { _ = limit.allows(Self.network(Int(generator.next(below: 1 << 32))), at: now) }
            if tick % 200 == 199, limit.allows([10, 7, 0, 1], at: now) { answered += 1 }
        }
        #expect(answered == 100)
    }
}
