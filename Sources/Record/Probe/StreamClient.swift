// SPDX-License-Identifier: Apache-2.0
import Glibc
import ProbeFormat
import Quantities
import SystemPackage

/// The near end of one stream: a TCP connection through one interface that fills one direction. It is opened again when
/// the path works but the connection has not noticed.
struct StreamClient {
    private enum Phase {
        /// No connection is open or being opened.
        case none
        case greeting(StreamSocket, begin: Int64, bytes: [UInt8])
        case running(StreamSocket)
    }

    let direction: ProbeMessage.Direction
    private var phase = Phase.none
    private var nextTry: Int64
    private var budget: Budget
    /// When segments last arrived, and how many had arrived at the last check.
    private var progressed: Int64
    private var segments: UInt32 = 0
    private var looked: Int64

    /// Failed attempts to connect are repeated after this short time, so that a returning interface is probed at once.
    private static let retryInterval: Int64 = 20_000_000
    /// The minimum time between attempts if the server closes the connection.
    private static let refusedInterval: Int64 = 200_000_000
    private static let patience: Int64 = 3_000_000_000
    /// If nothing arrives on a connection for this long, or for two round trips, while echoes return, the connection is
    /// waiting for a retransmission time-out that grew during an outage.
    private static let stall: Int64 = 1_000_000_000
    private static let fresh: Int64 = 300_000_000
    private static let lookInterval: Int64 = 50_000_000

    /// What the stream needs to know about its session.
    struct Session {
        let number: UInt64
        /// The session's key for streams.
        let key: SharedKey
        let server: DatagramSocket.Address
        let interface: String
        let heard: Int64
        let roundTrip: Int64
        let idleUntil: Int64
    }

    init(_ direction: ProbeMessage.Direction, rate: DataRate, at now: Int64) {
        self.direction = direction
        budget = Budget(rate: rate, at: now)
        (nextTry, progressed, looked) = (now, now, now)
    }

    private var fills: Bool { if case .running = phase { direction == .up } else { false } }

    func waiting(at now: Int64, idleUntil: Int64) -> pollfd {
        let mayFill = fills && idleUntil <= now && budget.wakeTime(at: now) <= now
        let descriptor: CInt =
            switch phase {
            case .none: -1
            case .greeting(let socket, _, _), .running(let socket): socket.descriptor
            }
        return pollfd(fd: descriptor, events: Int16(mayFill ? POLLIN | POLLOUT : POLLIN), revents: 0)
    }

    /// When there is something to do even if nothing arrives.
    func wakeTime(at now: Int64) -> Int64 {
        if case .none = phase { return nextTry }
        let filling = budget.wakeTime(at: now)
        return fills && filling > now ? min(filling, looked + Self.lookInterval) : looked + Self.lookInterval
    }

    mutating func act(at now: Int64, _ session: Session) {
        switch phase {
        case .none:
            guard nextTry <= now else { return }
            do {
                let socket = try StreamSocket(to: session.server, interface: session.interface)
                phase = .greeting(socket, begin: now, bytes: [])
                looked = now
            } catch {
                nextTry = now + Self.retryInterval
            }
        case .greeting(let socket, let begin, var bytes):
            guard socket.receive(ProbeMessage.challengeSize, into: &bytes), now - begin < Self.patience else {
                return again(at: now + (now - begin < Self.patience ? Self.refusedInterval : 0))
            }
            phase = .greeting(socket, begin: begin, bytes: bytes)
            looked = now
            guard bytes.count == ProbeMessage.challengeSize else { return }
            guard case .challenge(_, let cookie)? = bytes.withUnsafeBytes(ProbeMessage.init),
                socket.send(
                    session.key.bulk(session.number, direction, SharedKey.random(ProbeMessage.nonceSize), cookie))
            else { return again(at: now + Self.refusedInterval) }
            phase = .running(socket)
            (progressed, segments) = (now, 0)
        case .running(let socket):
            guard socket.discard() else { return again(at: now + Self.refusedInterval) }
            if direction == .up, session.idleUntil <= now, socket.fill(&budget, at: now) == nil {
                return again(at: now + Self.refusedInterval)
            }
            guard now - looked >= Self.lookInterval else { return }
            looked = now
            let count = socket.segments
            if count != segments || session.idleUntil > now { (segments, progressed) = (count, now) }
            if now - progressed > max(Self.stall, 2 * session.roundTrip), now - session.heard < Self.fresh {
                again(at: now)
            }
        }
    }

    private mutating func again(at time: Int64) {
        phase = .none
        nextTry = time
    }
}
