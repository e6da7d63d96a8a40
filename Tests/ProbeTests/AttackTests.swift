// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import KernelTier
import Netlink
import ProbeFormat
import Quantities
import System
import Testing

@testable import Probe

/// Each test repeats an attack. The attacker sees all traffic and can forge any address, but has no key, unless the
/// test says so.
@Suite(.kernelTier, .serialized) struct `An attack on a field server` {
    private typealias Rig = FieldServerRig

    /// What somebody without the key can make of a message.
    private static func forged(_ message: ProbeMessage, number: UInt64) -> [[UInt8]] {
        let covered = message.covered(number: number)
        let wrong = covered + [UInt8](repeating: 0, count: ProbeMessage.sealSize)
        return [message.encoded, covered, wrong, wrong + [UInt8](repeating: 0, count: 1372 - wrong.count)]
    }

    /// A session whose server has begun to send.
    private func running(_ rig: Rig) throws -> Rig.Session {
        let session = try rig.session()
        try session.send(.echo(session: session.number, number: 1, time: 1))
        _ = session.arrivals(for: .milliseconds(300))
        return session
    }

    @Test func `with forged feedback draws nothing`() throws {
        let rig = try Rig()
        defer { rig.end() }
        /// The bytes that a session's server sends in a second.
        func drawn(forging: Bool) throws -> Int {
            let session = try running(rig)
            defer { try? session.send(.stop(session: session.number)) }
            var bytes = 0
            for step in 0..<100 {
                let all = session.arrivals(for: .milliseconds(10))
                bytes += all.reduce(0) { $0 + $1.size }
                guard forging else { continue }
                // Each datagram of the server is answered as a client would that received all of them.
                for case .data(_, let number, let time, _)? in all.map(\.message) {
                    let feedback = ProbeMessage.Feedback(
                        latest: number, latestSent: time, packets: number, ipBytes: 0, time: time + 1, held: 0)
                    for bytes in Self.forged(
                        .feedback(session: session.number, feedback), number: UInt64(step) * 100 + number)
                    { try session.send(bytes: bytes) }
                }
            }
            return bytes
        }
        let (alone, attacked) = (try drawn(forging: false), try drawn(forging: true))
        #expect(alone > 0)
        #expect(Double(attacked) < 1.1 * Double(alone), "\(attacked) bytes instead of \(alone)")
    }

    @Test func `that repeats what a client has sent gets nothing for it`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let session = try running(rig)
        let echo = ProbeMessage.echo(session: session.number, number: 2, time: 5)
        let bytes = session.seal.datagram(echo)
        for _ in 0..<50 { try session.send(bytes: bytes) }
        let replies = session.arrivals(for: .milliseconds(300)).count {
            $0.message == .echoReply(session: session.number, number: 2, time: 5)
        }
        #expect(replies == 1)
    }

    @Test func `that repeats a client's proof neither ends its session nor draws anything`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let session = try running(rig)
        for _ in 0..<5 { try session.send(bytes: session.start) }
        try session.send(.echo(session: session.number, number: 2, time: 5))
        let replies = session.arrivals(for: .milliseconds(300)).compactMap(\.message)
        #expect(replies.contains(.echoReply(session: session.number, number: 2, time: 5)))
        // When the session is over, the proof is valid for some more seconds.
        try session.send(.stop(session: session.number))
        _ = session.arrivals(for: .milliseconds(200))
        try session.send(bytes: session.start)
        let answers = session.arrivals(for: .seconds(2))
        #expect(answers.reduce(0) { $0 + $1.size } <= session.start.count, "\(answers)")
        #expect(rig.said.count { $0.hasSuffix("a session begins") } == 1)
    }

    @Test func `from an address that is not proven gets no answer that is larger than its question`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let nonce = [UInt8](repeating: 3, count: ProbeMessage.nonceSize)
        let whole = [
            ProbeMessage.hello(nonce: nonce).greeting, ProbeMessage.hello(nonce: nonce).encoded,
            ProbeMessage.start(nonce: nonce, cookie: nonce, code: nonce + nonce).greeting,
        ]
        var answered = 0
        for bytes in whole {
            for size in stride(from: 16, through: bytes.count, by: 8) {
                let answer = try rig.answer(Array(bytes.prefix(size)))
                #expect((answer?.count ?? 0) <= size, "\(size) bytes drew \(answer?.count ?? 0)")
                answered += answer == nil ? 0 : 1
            }
        }
        #expect(answered > 0)
    }

    @Test func `with 25,000 forged greetings a second leaves honest ones answered`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let forger = try rig.near.run { try Forger() }
        let honest = try rig.near.run { try TestSocket(.datagram, on: Rig.nearAddress.description) }
        var generator = SplitMix64(seed: 11)
        var (asked, answered) = (0, 0)
        let hello = ProbeMessage.hello(nonce: SharedKey.random(ProbeMessage.nonceSize)).greeting
        for tick in 0..<3000 {
            for _ in 0..<25 {
                let source = 10 << 24 | 8 << 16 | UInt32(generator.next(below: 1 << 16))
                try forger.send(hello, from: source)
            }
            if tick % 100 == 99 {
                asked += 1
                try honest.send(
                    ProbeMessage.hello(nonce: SharedKey.random(ProbeMessage.nonceSize)).greeting,
                    to: Rig.farAddress.description, port: 4773)
            }
            usleep(1000)
        }
        while honest.receive(within: .milliseconds(300)) != nil { answered += 1 }
        #expect(asked == 30)
        #expect(Double(answered) >= 0.99 * Double(asked), "\(answered) of \(asked) honest greetings were answered")
    }

    @Test func `that says it is of version 1 is not served, and the log says which end to update`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let nonce = [UInt8](repeating: 3, count: ProbeMessage.nonceSize)
        let answer = try #require(try rig.answer(ProbeMessage.hello(nonce: nonce).encoded))
        // An end of version 1 does not read this; those of later versions do.
        #expect(answer == ProbeMessage.refused(nonce: nonce, reason: .otherVersion).greeting)
        #expect(
            rig.said.contains {
                $0.hasSuffix(
                    "refused, because its Walkback is older and speaks version 1 of the probe's protocol, and this "
                        + "server 2; update Walkback on the recorder")
            }, "\(rig.said)")
    }
}

/// Sends UDP datagrams to the server from addresses that are not this host's.
private final class Forger {
    private let descriptor: CInt

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
    }

    func send(_ payload: [UInt8], from source: UInt32) throws {
        func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        var packet: [UInt8] = [0x45, 0]
        packet += two(28 + payload.count)
        packet += [0, 0, 0, 0, 64, 17, 0, 0]
        packet.append(number: source)
        packet += [10, 7, 0, 2]
        packet += two(40000)
        packet += two(4773)
        packet += two(8 + payload.count)
        // A checksum of zero is none.
        packet += [0, 0]
        packet += payload
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = (10 << 24 | 7 << 16 | UInt32(2)).bigEndian
        let sent = withUnsafeBytes(of: &address) { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                sendto(descriptor, packet, packet.count, 0, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(sent == packet.count)
    }
}
