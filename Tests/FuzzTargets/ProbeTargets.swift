// SPDX-License-Identifier: Apache-2.0
import Documents
import Probe
import ProbeFormat
import Quantities

extension FuzzTargets {
    static let probe = [
        FuzzTarget("probe-datagram", seeds: { ProbeSeeds.datagrams }) { input in
            try input.withUnsafeBytes { bytes in
                _ = ForeignGreeting(bytes)
                guard let datagram = ProbeDatagram(bytes) else { throw Fault.input("input", "is no datagram") }
                let message = datagram.message
                let again = message.published { $0 }.withUnsafeBytes { ProbeMessage($0) }
                try expect(!message.isSealed || again == message, "a published message is another message")
                if let seal = datagram.seal {
                    let covered = message.covered(number: seal.number)
                    // Two bytes of the header have no meaning.
                    try expect(
                        covered.count == seal.coveredSize && covered[8...] == input[8..<covered.count],
                        "a message has other bytes than it was read from")
                }
            }
        },
        FuzzTarget("probe-session", seeds: { ProbeSeeds.sessions }) { input in
            var session = try ProbeScript()
            try session.run(input)
        },
    ]
}

/// Both ends of a session, over a link on which anything may happen, and against an end that has the key. The input is
/// what happens, one step after the other.
private struct ProbeScript {
    private struct End {
        let seal: SessionSeal
        var endpoint: ProbeEndpoint
        /// What is on its way to this end.
        var inbox: [[UInt8]] = []
    }

    private var ends: [End]
    private let begin: Int64
    private var now: Int64

    private static let session: UInt64 = 1
    private static let mostWaiting = 1000

    init() throws {
        let key = try SharedKey("a key for tests alone")
        let nonce = [UInt8](repeating: 7, count: ProbeMessage.nonceSize)
        begin = 1_000_000_000
        now = begin
        func end(_ own: SessionSeal.End, at now: Int64) -> End {
            var endpoint = ProbeEndpoint(
                session: Self.session, sendsEchoes: own == .client, rate: .megabitsPerSecond(100), at: now)
            endpoint.others = [2: LinkReceiver(at: now)]
            return End(
                seal: SessionSeal(key, own, nonce: nonce, session: Self.session), endpoint: endpoint)
        }
        ends = [end(.client, at: now), end(.server, at: now)]
    }

    mutating func run(_ input: [UInt8]) throws {
        var rest = input[...]
        while let step = rest.popFirst() {
            let end = Int(step & 1)
            switch step >> 1 & 7 {
            case 0: now += Int64(rest.popFirst() ?? 0) * 1_000_000
            case 1: now += Int64(rest.popFirst() ?? 0) * 100_000_000
            case 2: act(end)
            case 3: if !ends[end].inbox.isEmpty { _ = try arrive(ends[end].inbox.removeFirst(), at: end) }
            case 4: if !ends[end].inbox.isEmpty { ends[end].inbox.removeFirst() }
            case 5:
                // It arrives twice, the second time changed.
                guard let first = ends[end].inbox.first else { continue }
                var changed = first
                let place = Int(rest.popFirst() ?? 0) % changed.count
                changed[place] ^= max(1, rest.popFirst() ?? 0)
                let isNew = try arrive(first, at: end)
                let isTaken = try arrive(changed, at: end)
                try expect(!isNew || !isTaken, "a datagram was accepted twice")
            case 6: _ = try arrive(Array(rest.prefix(200)), at: end)
            default: try lie(to: end, &rest)
            }
            _ = ends[end].endpoint.wakeTime(at: now)
            let roundTrip = ends[end].endpoint.roundTrip
            try expect(roundTrip >= 0 && roundTrip <= now - begin, "a round trip takes \(roundTrip) ns")
        }
    }

    private mutating func act(_ end: Int) {
        var sent: [[UInt8]] = []
        let seal = ends[end].seal
        ends[end].endpoint.act(at: now) { message in
            sent.append(seal.datagram(message))
            return sent.count < Self.mostWaiting
        }
        ends[1 - end].inbox += sent.prefix(max(0, Self.mostWaiting - ends[1 - end].inbox.count))
    }

    /// - Returns: whether the end accepted it.
    private mutating func arrive(_ bytes: [UInt8], at end: Int) throws -> Bool {
        let seal = ends[end].seal
        let message = bytes.withUnsafeBytes { raw -> ProbeMessage? in
            guard let datagram = ProbeDatagram(raw), datagram.seal != nil, seal.accepts(datagram, raw) else {
                return nil
            }
            return datagram.message
        }
        guard let message else { return false }
        ends[end].endpoint.take(message, ipBytes: bytes.count + 28, at: now)
        if case .relay(_, _, let feedback) = message { ends[end].endpoint.take(relayed: feedback, at: now) }
        return true
    }

    /// A message of any type with any numbers, from an end that has the key.
    private mutating func lie(to end: Int, _ rest: inout ArraySlice<UInt8>) throws {
        var bytes: [UInt8] = []
        bytes.append(number: ProbeMessage.magic)
        bytes += [ProbeMessage.firstVersion, rest.popFirst() ?? 6, 0, 0]
        bytes.append(number: Self.session)
        bytes += rest.prefix(68)
        guard let message = bytes.withUnsafeBytes({ ProbeMessage($0) }), message.isSealed else { return }
        rest = rest.dropFirst(message.covered(number: 0).count - 24)
        let isTaken = try arrive(ends[1 - end].seal.datagram(message), at: end)
        try expect(isTaken, "a datagram of the other end was not accepted")
    }
}
