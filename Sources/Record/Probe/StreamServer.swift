// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import ProbeFormat
import Quantities
import SystemPackage

/// The far end of streams: TCP connections that each fill one direction for a session. A client receives nothing but a
/// challenge until it has proven that it has the key and knows the session's number.
struct StreamServer {
    private struct Pending {
        let socket: StreamSocket
        let cookie: ProbeMessage.Nonce
        let network: [UInt8]
        let begin: Int64
        var bytes: [UInt8] = []
    }

    private struct Stream {
        let socket: StreamSocket
        let session: UInt64
        let direction: ProbeMessage.Direction
        var budget: Budget
    }

    private let rate: DataRate
    private let listener: CInt
    private var pending: [Pending] = []
    private var streams: [Stream] = []

    /// A client that has not proven anything within this time is disconnected.
    private static let patience: Int64 = 5_000_000_000
    /// The maximum number of clients that have not yet proven the key; beyond it the oldest is dropped.
    private static let mostPending = 64
    private static let mostPendingPerNetwork = 8

    /// - Parameter rate: the rate of each stream that the server sends.
    init(port: UInt16, rate: DataRate) throws(Errno) {
        self.rate = rate
        listener = walkback_stream_socket(0, nil)
        guard listener >= 0 else { throw Errno(rawValue: -listener) }
        let error = -walkback_listen(listener, "::", port)
        guard error == 0 else {
            close(listener)
            throw Errno(rawValue: error)
        }
    }

    func end() {
        close(listener)
    }

    /// The descriptors and events to wait for.
    ///
    /// - Parameter mayFill: whether a session's stream is to be filled now.
    func waiting(at now: Int64, mayFill: (UInt64) -> Bool) -> [pollfd] {
        var all = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        all += pending.map { pollfd(fd: $0.socket.descriptor, events: Int16(POLLIN), revents: 0) }
        all += streams.map { stream in
            let fills = stream.direction == .down && stream.budget.wakeTime(at: now) <= now && mayFill(stream.session)
            return pollfd(fd: stream.socket.descriptor, events: Int16(fills ? POLLIN | POLLOUT : POLLIN), revents: 0)
        }
        return all
    }

    /// When there is something to do even if nothing arrives.
    func wakeTime(at now: Int64) -> Int64 {
        // A stream with budget left waits for room in its socket.
        streams.map { $0.direction == .down ? $0.budget.wakeTime(at: now) : now }.filter { $0 > now }.min() ?? .max
    }

    /// Reads what has arrived and sends what may be sent.
    ///
    /// - Parameters:
    ///   - key: the key for the streams of a session; nil if there is no session with that number, or if it does not
    ///     use streams.
    ///   - sent: called with a session's number and the bytes sent.
    mutating func act(
        at now: Int64, key: (UInt64) -> SharedKey?, mayFill: (UInt64) -> Bool, sent: (UInt64, Int) -> Void
    ) {
        accept(at: now)
        var waiting: [Pending] = []
        for var one in pending {
            guard one.socket.receive(ProbeMessage.bulkSize, into: &one.bytes), now - one.begin < Self.patience else {
                continue
            }
            if one.bytes.count == ProbeMessage.bulkSize { begin(one, at: now, key) } else { waiting.append(one) }
        }
        pending = waiting
        streams.removeAll { key($0.session) == nil || !$0.socket.discard() }
        for index in streams.indices.reversed()
        where streams[index].direction == .down && mayFill(streams[index].session) {
            if let bytes = streams[index].socket.fill(&streams[index].budget, at: now) {
                sent(streams[index].session, bytes)
            } else {
                streams.remove(at: index)
            }
        }
    }

    /// IP bytes that arrived through a session's streams since the last call.
    func arrived(of session: UInt64) -> Int {
        streams.reduce(0) { $0 + ($1.session == session ? $1.socket.arrived() : 0) }
    }

    private mutating func accept(at now: Int64) {
        while true {
            let accepted = walkback_accept(listener)
            guard accepted >= 0 else { return }
            var storage = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in6>.size)
            var size = socklen_t(storage.count)
            _ = storage.withUnsafeMutableBytes { raw in
                raw.withMemoryRebound(to: sockaddr.self) { getpeername(accepted, $0.baseAddress, &size) }
            }
            let address = DatagramSocket.Address(bytes: storage)
            let socket = StreamSocket(accepted, isFour: address.isMapped)
            let one = Pending(
                socket: socket, cookie: SharedKey.random(ProbeMessage.nonceSize), network: address.network, begin: now)
            guard pending.count(where: { $0.network == one.network }) < Self.mostPendingPerNetwork,
                socket.send(.challenge(nonce: [UInt8](repeating: 0, count: ProbeMessage.nonceSize), cookie: one.cookie))
            else { continue }
            if pending.count >= Self.mostPending { pending.removeFirst() }
            pending.append(one)
        }
    }

    private mutating func begin(_ one: Pending, at now: Int64, _ key: (UInt64) -> SharedKey?) {
        guard
            case .bulk(let session, let direction, let nonce, let cookie, let code)? = one.bytes.withUnsafeBytes(
                ProbeMessage.init),
            SharedKey.areEqual(cookie, one.cookie),
            case .bulk(_, _, _, _, let right)? = key(session)?.bulk(session, direction, nonce, cookie),
            SharedKey.areEqual(code, right)
        else { return }
        // A client that begins again has given up its last stream.
        streams.removeAll { $0.session == session && $0.direction == direction }
        streams.append(
            Stream(socket: one.socket, session: session, direction: direction, budget: Budget(rate: rate, at: now)))
    }
}
