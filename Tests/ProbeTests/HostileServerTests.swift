// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import KernelTier
import Netlink
import ProbeFormat
import Quantities
import Synchronization
import System
import Testing

@testable import Probe

/// A recorder's probe whose server is not what it should be.
@Suite(.kernelTier, .serialized) struct `A recorder's probe` {
    private typealias Rig = FieldServerRig

    /// Runs a client against a server that is made of `answer`, which gets each datagram and returns the datagrams
    /// that are sent back for it.
    private func probe(
        for span: Duration, answer: @escaping @Sendable ([UInt8]) -> [[UInt8]]
    ) throws -> [ProbeClient.Report] {
        let rig = try Rig()
        rig.end()
        let socket = try rig.far.run { try AnsweringSocket(port: 4773) }
        let thread = try DedicatedThread.start { socket.serve(for: span, answer) }
        defer { thread.wait() }
        return try rig.probe(for: span)
    }

    @Test func `survives whatever numbers a server with the key sends`() throws {
        let liar = Mutex(HostileServer(key: try SharedKey(Rig.key)))
        let reports = try probe(for: .seconds(5)) { bytes in liar.withLock { $0.answer(bytes) } }
        // One session came of each greeting, however often the server said that one had started.
        #expect(reports == [.started])
        #expect(liar.withLock { $0.answered } > 100)
    }

    @Test func `ignores what somebody without the key sends in the server's name`() throws {
        let liar = Mutex(HostileServer(key: try SharedKey(Rig.key), seals: false))
        let reports = try probe(for: .seconds(7)) { bytes in liar.withLock { $0.answer(bytes) } }
        // Forged datagrams are no sign of a server, so the silence is noticed and told.
        #expect(reports.first == .started)
        #expect(reports.dropFirst().allSatisfy { $0 == .started })
        #expect(reports.count >= 3, "\(reports)")
    }

    @Test func `says that a server of version 1 has to be updated, and does not use it`() throws {
        let asked = Mutex<[UInt8]>([])
        let reports = try probe(for: .seconds(8)) { bytes in
            guard bytes.count > 32, bytes[4] == 1 else { return [] }
            asked.withLock { $0.append(bytes[5]) }
            let nonce = Array(bytes[16..<32])
            // A server of version 1 answers with its challenge.
            return [ProbeMessage.challenge(nonce: nonce, cookie: nonce).encoded]
        }
        let sentence =
            "its Walkback is older and speaks version 1 of the probe's protocol, and this recorder 2; update Walkback "
            + "on the server"
        #expect(reports == [.silent, .refused(sentence)])
        // One greeting and no proof.
        #expect(asked.withLock { $0 } == [1])
    }

    @Test func `says that it has to be updated itself where the server is newer`() throws {
        let reports = try probe(for: .seconds(2)) { bytes in
            guard bytes.count > 32 else { return [] }
            var refusal = ProbeMessage.refused(nonce: Array(bytes[16..<32]), reason: .otherVersion).greeting
            refusal[4] = 3
            return [refusal]
        }
        let sentence =
            "its Walkback is newer and speaks version 3 of the probe's protocol, and this recorder 2; update Walkback "
            + "on this machine"
        #expect(reports == [.refused(sentence)])
    }
}

/// Greets as a server does, and then lies in every datagram.
struct HostileServer {
    let key: SharedKey
    /// Whether it has the key, so that its datagrams are accepted.
    var seals = true
    private var seal: SessionSeal?
    private var generator = SplitMix64(seed: 5)
    private(set) var answered = 0

    init(key: SharedKey, seals: Bool = true) {
        self.key = key
        self.seals = seals
    }

    private mutating func number() -> UInt64 {
        let numbers: [UInt64] = [0, 1, 2, 16, 1 << 61, UInt64(Int64.max), 1 << 63, .max]
        return numbers[Int(generator.next(below: UInt64(numbers.count)))]
    }

    private mutating func feedback() -> ProbeMessage.Feedback {
        // About as many datagrams have arrived as were answered, so that some of it could be true.
        let latest = generator.next(below: 2) == 0 ? number() : UInt64(answered)
        return ProbeMessage.Feedback(
            latest: latest, latestSent: number(), packets: number(), ipBytes: number(), time: number(),
            held: UInt32(truncatingIfNeeded: number()))
    }

    private mutating func lies(_ session: UInt64) -> [ProbeMessage] {
        if answered <= 10 {
            // One-way delays at both ends of what 64 bits hold. Their difference is more.
            let time: UInt64 = answered % 2 == 0 ? 1 << 63 : (1 << 63) + 2
            let feedback = ProbeMessage.Feedback(
                latest: UInt64(answered), latestSent: 1, packets: 0, ipBytes: 0, time: time, held: 0)
            return [.feedback(session: session, feedback)]
        }
        let nonce = [UInt8](repeating: 0, count: ProbeMessage.nonceSize)
        return [
            .data(session: session, number: number(), time: number(), feedback()),
            .feedback(session: session, feedback()), .echoReply(session: session, number: number(), time: number()),
            .echo(session: session, number: number(), time: number()), .report(session: session, feedback()),
            .relay(session: session, of: number(), feedback()), .relay(session: session, of: session, feedback()),
            .idle(session: session, milliseconds: .max), .sound(session: session), .stop(session: session),
            .refused(nonce: nonce, reason: .tooMany),
        ]
    }

    mutating func answer(_ bytes: [UInt8]) -> [[UInt8]] {
        switch bytes.withUnsafeBytes({ ProbeMessage($0) }) {
        case .hello(let nonce): return [ProbeMessage.challenge(nonce: nonce, cookie: nonce).greeting]
        case .start(let nonce, _, _):
            // Many sessions for one proof.
            return (UInt64(1)...20).map { session in
                if session == 1 { seal = SessionSeal(key, .server, nonce: nonce, session: session) }
                return key.started(nonce, session: session, seconds: .max).greeting
            }
        case nil: return []
        default: break
        }
        guard let seal else { return [] }
        answered += 1
        let session = seal.session
        return lies(session).compactMap { lie in
            guard lie.isSealed else { return lie.greeting }
            guard !seals else { return seal.datagram(lie) }
            return lie.covered(number: UInt64(answered)) + [UInt8](repeating: 0, count: ProbeMessage.sealSize)
        }
    }
}

/// A UDP socket whose every datagram is answered.
final class AnsweringSocket: Sendable {
    private let descriptor: CInt

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let result = withUnsafeBytes(of: &address) { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                bind(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
    }

    deinit {
        close(descriptor)
    }

    func serve(for span: Duration, _ answer: ([UInt8]) -> [[UInt8]]) {
        let end = ContinuousClock.now + span
        while ContinuousClock.now < end {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) == 1 else { continue }
            var bytes = [UInt8](repeating: 0, count: 2048)
            var from = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &from) { raw in
                raw.withMemoryRebound(to: sockaddr.self) { peer in
                    let count = recvfrom(descriptor, &bytes, bytes.count, 0, peer.baseAddress, &size)
                    for reply in answer(Array(bytes.prefix(max(0, count)))) {
                        sendto(descriptor, reply, reply.count, 0, peer.baseAddress, size)
                    }
                }
            }
        }
    }
}
