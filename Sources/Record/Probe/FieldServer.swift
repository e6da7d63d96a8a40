// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import ProbeFormat
import Quantities
import System
import SystemPackage

/// The far end of probes, on a public host. It serves nobody without the shared key. Until a sender has proven that it
/// receives what is sent to its address, no answer is larger than the request, and nothing is remembered of the request
/// but a count.
package final class FieldServer {
    package struct Limits: Sendable {
        /// Maximum number of simultaneous sessions, of all clients and of one address (IPv6: of one /64).
        package var sessions = 64
        package var sessionsPerHost = 8
        /// Maximum rate of one session, in each direction that the server sends.
        package var rate = DataRate(bitsPerSecond: 1e9)
        package var time = Duration.seconds(2 * 3600)

        package init() {}
    }

    private struct Session {
        var endpoint: ProbeEndpoint
        let seal: SessionSeal
        let filling: Filling
        let nonce: ProbeMessage.Nonce
        let address: DatagramSocket.Address
        let begin: Int64
        /// Whether the client has sent a datagram of this session. Only then is anything sent to it: whoever repeats
        /// another's proof from a forged address gets no further, and ends no other session.
        var isConfirmed = false
        /// The client's other sessions, whose feedback this one relays.
        var others: Set<UInt64> = []
    }

    private let key: SharedKey
    /// The secret that cookies are made with; it lasts as long as the server.
    private let secret = SharedKey()
    private let limits: Limits
    private let socket: DatagramSocket
    private var streams: StreamServer
    private let say: (String) -> Void
    private var sessions: [UInt64: Session] = [:]
    /// Greetings and proofs over these limits are not answered. Greetings do not count against proofs, because anyone
    /// can send greetings from a forged address.
    private var greetings = AskLimit()
    private var proofs = AskLimit()
    /// When a refusal was last reported, and how many have not been reported since.
    private var refused: (told: Int64, untold: Int) = (.min / 2, 0)

    /// A client that is silent for this long is considered gone.
    private static let patience: Int64 = 60_000_000_000
    /// The minimum time that a cookie is valid.
    private static let cookieSpan: Int64 = 10_000_000_000
    /// At most this many datagrams are read before the sessions have their turn.
    private static let batch = 64

    /// - Throws: `Fault` if the port is taken or needs a permission that is missing.
    package init(port: UInt16, key: SharedKey, limits: Limits, say: @escaping (String) -> Void) throws {
        self.key = key
        self.limits = limits
        self.say = say
        do {
            socket = try DatagramSocket(family: AF_INET6)
            try socket.bind(port: port)
        } catch {
            throw Fault(
                error == .permissionDenied ? .permission : .failed,
                "cannot listen on UDP port \(port): \(error); name another port with --port")
        }
        do {
            streams = try StreamServer(port: port, rate: limits.rate)
        } catch {
            throw Fault(.failed, "cannot listen on TCP port \(port): \(error); name another port with --port")
        }
    }

    /// Serves until `stop` becomes readable.
    package func run(until stop: CInt) {
        var isBlocked = false
        while true {
            let now = SystemClock.monotonic
            var waiting = [
                pollfd(fd: socket.descriptor, events: Int16(isBlocked ? POLLIN | POLLOUT : POLLIN), revents: 0),
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            ]
            waiting += streams.waiting(at: now) { mayFill($0, at: now) }
            let wake = min(
                sessions.values.filter(\.isConfirmed).map { $0.endpoint.wakeTime(at: now) }.min() ?? .max,
                streams.wakeTime(at: now))
            let left = isBlocked ? 1_000_000_000 : max(0, min(wake - now, 1_000_000_000))
            poll(&waiting, nfds_t(waiting.count), CInt((left + 999_999) / 1_000_000))
            if waiting[1].revents != 0 { break }
            for _ in 0..<Self.batch {
                let isMore = socket.receive { bytes, ipBytes, from in
                    take(bytes, ipBytes, from, at: SystemClock.monotonic)
                }
                if !isMore { break }
            }
            isBlocked = !act(at: SystemClock.monotonic)
            fill(at: SystemClock.monotonic)
        }
        for id in sessions.keys.sorted() { end(id, "the server ends", at: SystemClock.monotonic) }
        streams.end()
    }

    private func mayFill(_ id: UInt64, at now: Int64) -> Bool {
        sessions[id].map { $0.isConfirmed && $0.filling == .streams && $0.endpoint.idleUntil <= now } ?? false
    }

    private func fill(at now: Int64) {
        var all: [(session: UInt64, bytes: Int)] = []
        streams.act(
            at: now, key: { id in sessions[id].flatMap { $0.filling == .streams ? $0.seal.streamKey : nil } },
            mayFill: { mayFill($0, at: now) }, sent: { all.append(($0, $1)) })
        for (id, bytes) in all { sessions[id]?.endpoint.count(received: 0, sent: bytes) }
    }

    /// - Returns: false if the socket accepts no more now.
    private func act(at now: Int64) -> Bool {
        for id in sessions.keys.sorted() {
            guard var session = sessions[id] else { continue }
            if now - session.endpoint.heard > Self.patience {
                end(id, "the client is silent", at: now)
            } else if now - session.begin > limits.time.wholeNanoseconds {
                end(id, "its time limit is over", at: now)
            } else if session.isConfirmed {
                var isFull = false
                session.others.formIntersection(sessions.keys)
                session.endpoint.others = .init(
                    uniqueKeysWithValues: session.others.compactMap { other in
                        sessions[other].map { (other, $0.endpoint.receiver) }
                    })
                session.endpoint.act(at: now) { message in
                    isFull =
                        socket.send(session.seal.datagram(message), to: session.address)
                        == .resourceTemporarilyUnavailable
                    return !isFull
                }
                sessions[id] = session
                if isFull { return false }
            }
        }
        return true
    }

    private func take(
        _ bytes: UnsafeRawBufferPointer, _ ipBytes: Int, _ from: DatagramSocket.Address, at now: Int64
    ) {
        if let greeting = ForeignGreeting(bytes) {
            refuse(greeting, bytes.count, from, at: now)
        } else if let datagram = ProbeDatagram(bytes) {
            if datagram.seal == nil {
                take(greeting: datagram.message, bytes.count, from, at: now)
            } else if let session = sessions[datagram.message.session], session.address == from,
                session.seal.accepts(datagram, bytes)
            {
                let filling = session.filling
                confirm(datagram.message.session, at: now)
                take(sealed: datagram.message, filling, ipBytes, at: now)
            }
        }
    }

    /// Another version is never spoken, since version 1 does not authenticate its datagrams. An end of a later version
    /// can read the refusal; one of version 1 hears nothing, and the log has to say why.
    private func refuse(_ greeting: ForeignGreeting, _ size: Int, _ from: DatagramSocket.Address, at now: Int64) {
        let refusal = ProbeMessage.refused(nonce: greeting.nonce, reason: .otherVersion).greeting
        guard greeting.isHello, size >= refusal.count, greetings.allows(from.network, at: now) else { return }
        let versions = "version \(greeting.version) of the probe's protocol, and this server \(ProbeMessage.version)"
        tellRefusal(
            from,
            greeting.version < ProbeMessage.version
                ? "its Walkback is older and speaks \(versions); update Walkback on the recorder"
                : "its Walkback is newer and speaks \(versions); update Walkback on this machine", at: now)
        _ = socket.send(refusal, to: from)
    }

    /// - Parameter size: the size of the datagram. A greeting without its padding could be smaller than its answer.
    private func take(greeting: ProbeMessage, _ size: Int, _ from: DatagramSocket.Address, at now: Int64) {
        guard size >= ProbeMessage.greetingSize else { return }
        switch greeting {
        case .hello(let nonce):
            guard greetings.allows(from.network, at: now) else { return }
            send(.challenge(nonce: nonce, cookie: cookie(nonce, from, now / Self.cookieSpan)), to: from)
        case .start(let nonce, let cookie, let code):
            let span = now / Self.cookieSpan
            // The previous span's cookie is valid too, so that no cookie expires at once.
            guard [span, span - 1].contains(where: { SharedKey.areEqual(self.cookie(nonce, from, $0), cookie) }),
                proofs.allows(from.network, at: now)
            else { return }
            let filling = Filling.allCases.first {
                SharedKey.areEqual(key.code($0.rawValue, [nonce, cookie]), code)
            }
            guard let filling else {
                tellRefusal(from, "it has another key", at: now)
                send(.refused(nonce: nonce, reason: .wrongKey), to: from)
                return
            }
            start(nonce, filling, from, at: now)
        // A server greets nobody.
        default: break
        }
    }

    /// - Parameter message: a message that the session's client has sent.
    private func take(sealed message: ProbeMessage, _ filling: Filling, _ ipBytes: Int, at now: Int64) {
        let id = message.session
        switch message {
        case .data, .feedback, .echo, .idle, .sound:
            if case .echo = message, filling == .streams {
                sessions[id]?.endpoint.count(received: streams.arrived(of: id))
            }
            sessions[id]?.endpoint.take(message, ipBytes: ipBytes, at: now)
        case .relay(_, let other, let feedback):
            sessions[id]?.endpoint.take(message, ipBytes: ipBytes, at: now)
            guard other != id, sessions[other]?.filling == .datagrams else { return }
            sessions[id]?.others.insert(other)
            sessions[other]?.endpoint.take(relayed: feedback, at: now)
        case .stop: end(id, "the client is done", at: now)
        // A client sends nothing else in a session.
        default: break
        }
    }

    private func confirm(_ id: UInt64, at now: Int64) {
        guard let session = sessions[id], !session.isConfirmed else { return }
        // A client that greets again from the same port has given up its last session.
        for (old, other) in sessions where old != id && other.address == session.address {
            end(old, "it began again", at: now)
        }
        sessions[id]?.isConfirmed = true
        say("\(session.address.description): a session begins")
    }

    private func start(_ nonce: ProbeMessage.Nonce, _ filling: Filling, _ from: DatagramSocket.Address, at now: Int64) {
        var id = sessions.first { $0.value.nonce == nonce && $0.value.address == from }?.key
        if id == nil {
            // A session of the same port ends when the new one is confirmed, so it does not count here.
            let others = sessions.values.filter { $0.address != from }
            let ofNetwork = others.count { $0.address.network == from.network }
            guard others.count < limits.sessions, ofNetwork < limits.sessionsPerHost else {
                tellRefusal(from, "too many sessions are open", at: now)
                send(.refused(nonce: nonce, reason: .tooMany), to: from)
                return
            }
            // Only the newest proof of a port can still be answered.
            for (old, session) in sessions where session.address == from && !session.isConfirmed {
                sessions[old] = nil
            }
            var generator = SystemRandomNumberGenerator()
            let new = UInt64.random(in: 1...UInt64.max, using: &generator)
            guard sessions[new] == nil else { return }
            sessions[new] = Session(
                endpoint: ProbeEndpoint(
                    session: new, sendsEchoes: false, filling: filling, rate: limits.rate, at: now),
                seal: SessionSeal(key, .server, nonce: nonce, session: new), filling: filling, nonce: nonce,
                address: from, begin: now)
            id = new
        }
        // Sent again in case the first one was lost.
        if let id { send(key.started(nonce, session: id, seconds: UInt32(limits.time.seconds)), to: from) }
    }

    private func end(_ id: UInt64, _ reason: String, at now: Int64) {
        guard let session = sessions.removeValue(forKey: id), session.isConfirmed else { return }
        let seconds = Duration.nanoseconds(now - session.begin).seconds.text(decimals: 1)
        say(
            "\(session.address.description): the session ends after \(seconds) s (\(reason)); "
                + "\(session.endpoint.sentBytes) bytes sent, \(session.endpoint.receivedBytes) received")
    }

    /// Reports at most one refusal per second, so that strangers cannot fill the log.
    private func tellRefusal(_ from: DatagramSocket.Address, _ reason: String, at now: Int64) {
        guard now - refused.told >= 1_000_000_000 else {
            refused.untold += 1
            return
        }
        say(
            "\(from.description): refused, because \(reason)"
                + (refused.untold > 0 ? "; \(refused.untold) more were refused before" : ""))
        refused = (now, 0)
    }

    private func send(_ message: ProbeMessage, to address: DatagramSocket.Address) {
        _ = socket.send(message.greeting, to: address)
    }

    private func cookie(
        _ nonce: ProbeMessage.Nonce, _ from: DatagramSocket.Address, _ span: Int64
    ) -> ProbeMessage.Nonce {
        let code = secret.code(
            "cookie", [SharedKey.bytes(UInt64(bitPattern: span)), nonce, from.endpoint])
        return Array(code.prefix(ProbeMessage.nonceSize))
    }
}
