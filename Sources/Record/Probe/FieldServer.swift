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
/// receives what is sent to its address, no answer is larger than the request.
package final class FieldServer {
    package struct Limits: Sendable {
        /// Maximum number of simultaneous sessions, of all clients and of one address.
        package var sessions = 64
        package var sessionsPerHost = 8
        /// Maximum rate of one session, in each direction that the server sends.
        package var rate = DataRate(bitsPerSecond: 1e9)
        package var time = Duration.seconds(2 * 3600)

        package init() {}
    }

    private struct Session {
        var endpoint: ProbeEndpoint
        let filling: Filling
        let nonce: ProbeMessage.Nonce
        let address: DatagramSocket.Address
        let begin: Int64
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
    /// The greetings and proofs of each host in the current second; those over the limit are not answered.
    private var asked: [[UInt8]: Int] = [:]
    private var askedSecond: Int64 = 0
    /// When a refusal was last reported, and how many have not been reported since.
    private var refused: (told: Int64, untold: Int) = (.min / 2, 0)

    private static let mostAskedPerHost = 20
    private static let mostHosts = 4096
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
            streams = try StreamServer(port: port, key: key, rate: limits.rate)
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
                sessions.values.map { $0.endpoint.wakeTime(at: now) }.min() ?? .max, streams.wakeTime(at: now))
            let left = isBlocked ? 1_000_000_000 : max(0, min(wake - now, 1_000_000_000))
            poll(&waiting, nfds_t(waiting.count), CInt((left + 999_999) / 1_000_000))
            if waiting[1].revents != 0 { break }
            for _ in 0..<Self.batch {
                guard let (message, ipBytes, from) = socket.receive() else { break }
                if let message { take(message, ipBytes, from, at: SystemClock.monotonic) }
            }
            isBlocked = !act(at: SystemClock.monotonic)
            fill(at: SystemClock.monotonic)
        }
        for id in sessions.keys.sorted() { end(id, "the server ends", at: SystemClock.monotonic) }
        streams.end()
    }

    private func mayFill(_ id: UInt64, at now: Int64) -> Bool {
        sessions[id].map { $0.filling == .streams && $0.endpoint.idleUntil <= now } ?? false
    }

    private func fill(at now: Int64) {
        var all: [(session: UInt64, bytes: Int)] = []
        streams.act(
            at: now, isSession: { sessions[$0]?.filling == .streams }, mayFill: { mayFill($0, at: now) },
            sent: { all.append(($0, $1)) })
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
            } else {
                var isFull = false
                session.others.formIntersection(sessions.keys)
                session.endpoint.others = .init(
                    uniqueKeysWithValues: session.others.compactMap { other in
                        sessions[other].map { (other, $0.endpoint.receiver) }
                    })
                session.endpoint.act(at: now) { message in
                    isFull = socket.send(message, to: session.address) == .resourceTemporarilyUnavailable
                    return !isFull
                }
                sessions[id] = session
                if isFull { return false }
            }
        }
        return true
    }

    private func take(_ message: ProbeMessage, _ ipBytes: Int, _ from: DatagramSocket.Address, at now: Int64) {
        switch message {
        case .hello(let nonce):
            guard mayAsk(from, at: now) else { return }
            send(.challenge(nonce: nonce, cookie: cookie(nonce, from, now / Self.cookieSpan)), to: from)
        case .start(let nonce, let cookie, let code):
            guard mayAsk(from, at: now) else { return }
            let span = now / Self.cookieSpan
            // The previous span's cookie is valid too, so that no cookie expires at once.
            guard [span, span - 1].contains(where: { SharedKey.areEqual(self.cookie(nonce, from, $0), cookie) }) else {
                return
            }
            let filling = Filling.allCases.first {
                SharedKey.areEqual(key.code($0.rawValue, [nonce, cookie]), code)
            }
            guard let filling else {
                tellRefusal(from, "it has another key", at: now)
                send(.refused(nonce: nonce, reason: .wrongKey), to: from)
                return
            }
            start(nonce, filling, from, at: now)
        case .data(let id, _, _, _), .feedback(let id, _), .echo(let id, _, _), .idle(let id, _),
            .sound(let id):
            // From here on the client is identified by its address, and the session's number is its password.
            guard let session = sessions[id], session.address == from else { return }
            if case .echo = message, session.filling == .streams {
                sessions[id]?.endpoint.count(received: streams.arrived(of: id))
            }
            sessions[id]?.endpoint.take(message, ipBytes: ipBytes, at: now)
        case .relay(let id, let other, let feedback):
            guard let session = sessions[id], session.address == from else { return }
            sessions[id]?.endpoint.take(message, ipBytes: ipBytes, at: now)
            guard other != id, sessions[other]?.filling == .datagrams else { return }
            sessions[id]?.others.insert(other)
            sessions[other]?.endpoint.take(relayed: feedback, at: now)
        case .stop(let id):
            if sessions[id]?.address == from { end(id, "the client is done", at: now) }
        case .challenge, .started, .refused, .echoReply, .bulk, .report: break
        }
    }

    private func start(_ nonce: ProbeMessage.Nonce, _ filling: Filling, _ from: DatagramSocket.Address, at now: Int64) {
        var id = sessions.first { $0.value.nonce == nonce && $0.value.address == from }?.key
        if id == nil {
            // A client that greets again from the same port has given up its last session.
            for (old, session) in sessions where session.address == from { end(old, "it began again", at: now) }
            let ofHost = sessions.values.count { $0.address.host == from.host }
            guard sessions.count < limits.sessions, ofHost < limits.sessionsPerHost else {
                tellRefusal(from, "too many sessions are open", at: now)
                send(.refused(nonce: nonce, reason: .tooMany), to: from)
                return
            }
            var generator = SystemRandomNumberGenerator()
            let new = UInt64.random(in: 1...UInt64.max, using: &generator)
            sessions[new] = Session(
                endpoint: ProbeEndpoint(
                    session: new, sendsEchoes: false, filling: filling, rate: limits.rate, at: now),
                filling: filling, nonce: nonce, address: from, begin: now)
            say("\(from.description): a session begins")
            id = new
        }
        // Sent again in case the first one was lost.
        if let id { send(key.started(nonce, session: id, seconds: UInt32(limits.time.seconds)), to: from) }
    }

    private func end(_ id: UInt64, _ reason: String, at now: Int64) {
        guard let session = sessions.removeValue(forKey: id) else { return }
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
        _ = socket.send(message, to: address)
    }

    private func cookie(
        _ nonce: ProbeMessage.Nonce, _ from: DatagramSocket.Address, _ span: Int64
    ) -> ProbeMessage.Nonce {
        let code = secret.code(
            "cookie", [SharedKey.bytes(UInt64(bitPattern: span)), nonce, from.endpoint])
        return Array(code.prefix(ProbeMessage.nonceSize))
    }

    private func mayAsk(_ from: DatagramSocket.Address, at now: Int64) -> Bool {
        if now / 1_000_000_000 != askedSecond {
            askedSecond = now / 1_000_000_000
            asked.removeAll(keepingCapacity: true)
        }
        // Beyond this many hosts, new ones must wait for the next second: a flood may come from many addresses at once.
        guard asked.count < Self.mostHosts || asked[from.host] != nil else { return false }
        asked[from.host, default: 0] += 1
        return asked[from.host, default: 0] <= Self.mostAskedPerHost
    }
}
