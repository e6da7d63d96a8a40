// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import ProbeFormat
import Quantities
import Synchronization
import System
import SystemPackage

/// The near end of probes on one interface, on its own thread. It greets the field server, keeps the link full in both
/// directions and starts again whenever the interface or the server was away.
package final class ProbeClient: Sendable {
    package struct Options: Sendable {
        /// The server's name on the command line, and its port.
        package var host: String
        package var port: UInt16 = ProbeMessage.port
        package var key: SharedKey
        /// After this much time only echoes are sent for a while; nil means never.
        package var idleEvery: Duration?
        /// The traffic that keeps the link full.
        package var filling = Filling.datagrams
        /// When the links are left to other traffic; replaces `idleEvery`.
        package var live: LivePhases?
        /// A rate that is never exceeded.
        package var rate = DataRate(bitsPerSecond: 1e9)
        /// Shared by all clients that are created with these options.
        let exchange = ProbeExchange()

        package init(host: String, key: SharedKey) {
            self.host = host
            self.key = key
        }
    }

    /// Events for the recording, in words for the user.
    package enum Report: Sendable, Equatable {
        case started
        case silent
        case refused(String)
    }

    private let interface: String
    private let options: Options
    private let server: DatagramSocket.Address
    private let reports = Mutex<[Report]>([])
    private let stopReader: CInt
    private let stopWriter: CInt

    /// - Throws: `Fault` if the server's name cannot be resolved.
    package init(interface: String, options: Options) throws {
        self.interface = interface
        self.options = options
        server = try DatagramSocket.Address.find(options.host, port: options.port)
        var ends: [CInt] = [-1, -1]
        let error = walkback_pipe(&ends)
        guard error == 0 else { throw Fault(.failed, "cannot create a pipe: \(Errno(rawValue: error))") }
        (stopReader, stopWriter) = (ends[0], ends[1])
    }

    deinit {
        close(stopReader)
        close(stopWriter)
    }

    package func stop() {
        _ = write(stopWriter, [1], 1)
    }

    /// All reports since the last call.
    package func takeReports() -> [Report] {
        reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
    }

    private func report(_ report: Report) {
        reports.withLock { $0.append(report) }
    }

    // MARK: On its own thread

    /// The state of the exchange that greets the server.
    private enum Greeting {
        case greeting(ProbeMessage.Nonce)
        case proving(ProbeMessage.Nonce, ProbeMessage.Nonce)
    }

    private struct State {
        /// The greeting in progress; nil if a session is established and working.
        var greeting: Greeting?
        /// The nonce of the last greeting. Its answer counts whenever it arrives, and once: nil after it.
        var nonce: ProbeMessage.Nonce?
        var endpoint: ProbeEndpoint?
        /// The keys of the endpoint's session.
        var seal: SessionSeal?
        /// The nonce of a hello of version 1, which tells whether the server is older; nil if it has answered since the
        /// last session.
        var oldNonce: ProbeMessage.Nonce? = SharedKey.random(ProbeMessage.nonceSize)
        /// The streams, if streams fill the link.
        var streams: [StreamClient] = []
        var nextGreeting: Int64 = 0
        var nextIdle: Int64 = .max
        /// When the postponed idle phase was due; nil if none is postponed.
        var idleDue: Int64?
        /// When the socket may be used again.
        var blockedUntil: Int64 = 0
        var isFull = false
        var begin: Int64
        var hasReportedSilence = false

        init(at now: Int64) {
            begin = now
            greet(at: 0)
        }

        mutating func greet(at time: Int64) {
            let nonce = SharedKey.random(ProbeMessage.nonceSize)
            self.nonce = nonce
            greeting = .greeting(nonce)
            nextGreeting = time
        }
    }

    private static let greetingInterval: Int64 = 200_000_000
    /// A session whose server is silent for this long is greeted again, and continues until the greeting is answered.
    private static let patience: Int64 = 2_000_000_000
    /// Time until the user is told that the server does not answer.
    private static let reportAfter: Int64 = 5_000_000_000
    /// Failed attempts are repeated after this short time, so that a returning interface is probed at once.
    private static let retryInterval: Int64 = 20_000_000
    private static let batch = 64
    private static let idleTime: Int64 = 500_000_000
    private static let longestIdleTime: Int64 = 3_000_000_000
    /// The longest time that an idle phase is postponed if it would show nothing.
    private static let longestIdleDelay: Int64 = 10_000_000_000
    /// TCP fills any queue completely, and the queue may take this long to drain.
    private static let longestStreamIdleTime: Int64 = 15_000_000_000
    /// The other end is reminded this often that the link is left alone, in case it missed the message.
    private static let liveReminder: Int64 = 1_000_000_000

    package func run() {
        while !isStopped(within: 0) {
            do {
                let socket = try DatagramSocket(family: server.isFour ? AF_INET : AF_INET6)
                try socket.bind(toInterface: interface)
                if run(socket) { return }
            } catch {
                // The interface is absent, which other code reports.
                if isStopped(within: 50) { return }
            }
        }
    }

    private func isStopped(within milliseconds: CInt) -> Bool {
        var waiting = pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) == 1
    }

    /// - Returns: true if it was told to stop; false if the interface is gone.
    private func run(_ socket: DatagramSocket) -> Bool {
        var state = State(at: SystemClock.monotonic)
        defer { leave(state) }
        while true {
            let before = SystemClock.monotonic
            var waiting = [
                pollfd(fd: socket.descriptor, events: Int16(state.isFull ? POLLIN | POLLOUT : POLLIN), revents: 0),
                pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0),
            ]
            let idleUntil = state.endpoint?.idleUntil ?? .max
            waiting += state.streams.map { $0.waiting(at: before, idleUntil: idleUntil) }
            let left = max(0, min(wakeTime(state, at: before) - before, 1_000_000_000))
            poll(&waiting, nfds_t(waiting.count), CInt((left + 999_999) / 1_000_000))
            if waiting[1].revents != 0 {
                if let seal = state.seal { _ = socket.send(seal.datagram(.stop(session: seal.session)), to: server) }
                return true
            }
            for _ in 0..<Self.batch {
                let isMore = socket.receive { bytes, ipBytes, from in
                    if from == server { take(bytes, ipBytes, &state, at: SystemClock.monotonic) }
                }
                if !isMore { break }
            }
            let now = SystemClock.monotonic
            meet(&state, at: now)
            if !act(&state, socket, at: now) { return false }
            fill(&state, at: now)
        }
    }

    private func wakeTime(_ state: State, at now: Int64) -> Int64 {
        var wake = state.streams.map { $0.wakeTime(at: now) }.min() ?? .max
        if state.blockedUntil > now { return min(wake, state.blockedUntil) }
        if state.isFull { return min(wake, now + Self.retryInterval) }
        if state.greeting != nil { wake = state.nextGreeting }
        if let endpoint = state.endpoint {
            wake = min(wake, endpoint.wakeTime(at: now), state.nextIdle)
            if state.greeting == nil { wake = min(wake, endpoint.heard + Self.patience) }
        }
        return wake
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ ipBytes: Int, _ state: inout State, at now: Int64) {
        if let greeting = ForeignGreeting(bytes) { return take(greeting, &state) }
        guard let datagram = ProbeDatagram(bytes) else { return }
        if datagram.seal == nil {
            takeGreeting(datagram.message, &state, at: now)
        } else if state.seal?.accepts(datagram, bytes) == true {
            takeSealed(datagram.message, ipBytes, &state, at: now)
        }
    }

    /// A server of another version has answered a greeting. It is not served in that version; the user is told which
    /// end to update.
    private func take(_ greeting: ForeignGreeting, _ state: inout State) {
        guard state.greeting != nil, !greeting.isHello, let old = state.oldNonce,
            greeting.nonce == old || greeting.nonce == state.nonce
        else { return }
        state.oldNonce = nil
        let versions = "version \(greeting.version) of the probe's protocol, and this recorder \(ProbeMessage.version)"
        report(
            .refused(
                greeting.version < ProbeMessage.version
                    ? "its Walkback is older and speaks \(versions); update Walkback on the server"
                    : "its Walkback is newer and speaks \(versions); update Walkback on this machine"))
    }

    private func takeGreeting(_ message: ProbeMessage, _ state: inout State, at now: Int64) {
        switch (message, state.greeting) {
        case (.challenge(let nonce, let cookie), .greeting(let mine)) where nonce == mine:
            state.greeting = .proving(nonce, cookie)
            state.nextGreeting = now
        case (.started(let nonce, let session, let seconds, let code), _) where nonce == state.nonce:
            guard case .started(_, _, _, let right) = options.key.started(nonce, session: session, seconds: seconds),
                SharedKey.areEqual(code, right)
            else { return }
            (state.nonce, state.greeting) = (nil, nil)
            state.oldNonce = SharedKey.random(ProbeMessage.nonceSize)
            leave(state)
            state.seal = SessionSeal(options.key, .client, nonce: nonce, session: session)
            state.endpoint = ProbeEndpoint(
                session: session, sendsEchoes: true, filling: options.filling, rate: options.rate, at: now)
            if options.filling == .streams {
                state.streams = ProbeMessage.Direction.allCases.map { StreamClient($0, rate: options.rate, at: now) }
            }
            state.nextIdle =
                options.live?.phase(at: now).settles ?? options.idleEvery.map { now + $0.wholeNanoseconds } ?? .max
            state.idleDue = nil
            state.hasReportedSilence = false
            report(.started)
        case (.refused(let nonce, let reason), .some) where nonce == state.nonce && reason != .otherVersion:
            report(.refused(reason == .wrongKey ? "the keys differ" : "too many sessions are open"))
            // Tries again later: a session may end, or the server may be restarted with the right key.
            state.greet(at: now + Self.reportAfter)
        default: break
        }
    }

    private func takeSealed(_ message: ProbeMessage, _ ipBytes: Int, _ state: inout State, at now: Int64) {
        switch message {
        case .data, .feedback, .echoReply, .report, .relay:
            state.endpoint?.take(message, ipBytes: ipBytes, at: now)
            if case .relay(_, let other, let feedback) = message { options.exchange.tell(other, feedback) }
            // The server is still there after all.
            if state.greeting != nil { state.greeting = nil }
        // A server sends nothing else in a session.
        default: break
        }
    }

    /// Collects the feedback on this client's data that arrived through other interfaces, and publishes what this one
    /// has received.
    private func meet(_ state: inout State, at now: Int64) {
        guard options.filling == .datagrams, let endpoint = state.endpoint else { return }
        let (others, told) = options.exchange.meet(endpoint.session, endpoint.receiver)
        state.endpoint?.others = others
        for feedback in told { state.endpoint?.take(relayed: feedback, at: now) }
    }

    private func leave(_ state: State) {
        if let session = state.endpoint?.session { options.exchange.leave(session) }
    }

    private func fill(_ state: inout State, at now: Int64) {
        guard let endpoint = state.endpoint, let seal = state.seal else { return }
        let session = StreamClient.Session(
            number: endpoint.session, key: seal.streamKey, server: server, interface: interface, heard: endpoint.heard,
            roundTrip: endpoint.roundTrip, idleUntil: endpoint.idleUntil)
        for index in state.streams.indices { state.streams[index].act(at: now, session) }
    }

    /// How long an idle phase is to be: until the queues are empty, and long enough for some more echoes.
    ///
    /// - Returns: nil if the phase is to be postponed: no echo would meet an empty queue, and if a link returned
    ///   meanwhile, its capacity would go unmeasured.
    static func idleLength(_ filling: Filling, roundTrip: Int64, isAway: Bool, delayed: Int64) -> Int64? {
        let longest = filling == .streams ? longestStreamIdleTime : longestIdleTime
        let wanted = roundTrip * 5 / 4 + idleTime
        if filling == .datagrams, wanted > longest || isAway, delayed < longestIdleDelay { return nil }
        return min(wanted, longest)
    }

    /// - Returns: false if the interface is gone.
    private func act(_ state: inout State, _ socket: DatagramSocket, at now: Int64) -> Bool {
        guard state.blockedUntil <= now else { return true }
        state.isFull = false
        var error: Errno?
        let seal = state.seal
        func send(_ message: ProbeMessage) -> Bool {
            guard let bytes = message.isSealed ? seal?.datagram(message) : message.greeting else { return false }
            error = socket.send(bytes, to: server)
            return error == nil
        }
        if let endpoint = state.endpoint, state.greeting == nil, now - endpoint.heard > Self.patience {
            state.greet(at: now)
        }
        if let greeting = state.greeting, state.nextGreeting <= now {
            state.nextGreeting = now + Self.greetingInterval
            switch greeting {
            case .greeting(let nonce):
                _ = send(.hello(nonce: nonce))
                // A server of version 1 does not understand that, but answers this one.
                if state.hasReportedSilence, let old = state.oldNonce {
                    _ = socket.send(ProbeMessage.hello(nonce: old).encoded, to: server)
                }
            case .proving(let nonce, let cookie):
                _ = send(options.key.start(nonce, cookie, options.filling))
                // Cookies expire and the server may have been restarted, so an unanswered proof starts again from the
                // beginning.
                state.greeting = now - state.begin > Self.patience ? .greeting(nonce) : greeting
            }
            let heard = state.endpoint?.heard ?? state.begin
            if now - heard > Self.reportAfter, !state.hasReportedSilence {
                state.hasReportedSilence = true
                report(.silent)
            }
        }
        if error == nil, state.endpoint != nil {
            if state.nextIdle <= now, let phases = options.live {
                let phase = phases.phase(at: now)
                if phase.settles <= now, let session = state.endpoint?.session {
                    state.endpoint?.goIdle(until: phase.ends)
                    let left = (phase.ends - now) / 1_000_000
                    _ = send(.idle(session: session, milliseconds: UInt32(clamping: left)))
                    // The next idle message belongs to the next phase.
                    let isLast = phase.ends - now <= Self.liveReminder
                    state.nextIdle = isLast ? phases.phase(at: phase.ends).settles : now + Self.liveReminder
                } else {
                    state.nextIdle = phase.settles
                }
            } else if state.nextIdle <= now, let every = options.idleEvery {
                let due = state.idleDue ?? now
                let length = Self.idleLength(
                    options.filling, roundTrip: state.endpoint?.roundTrip ?? 0,
                    isAway: state.endpoint?.isSilent(at: now) ?? true, delayed: now - due)
                if let length, let session = state.endpoint?.session {
                    state.idleDue = nil
                    state.nextIdle = now + every.wholeNanoseconds + length
                    state.endpoint?.goIdle(until: now + length)
                    _ = send(.idle(session: session, milliseconds: UInt32(length / 1_000_000)))
                } else {
                    state.idleDue = due
                    state.nextIdle = now + Self.idleTime
                }
            }
            state.endpoint?.nextIdle = state.nextIdle
            state.endpoint?.act(at: now, send: send)
        }
        switch error {
        case nil: return true
        case .resourceTemporarilyUnavailable?:
            state.isFull = true
            return true
        case let gone? where [ENODEV, ENXIO].contains(gone.rawValue): return false
        default:
            // The interface has no address or no route at the moment.
            state.blockedUntil = now + Self.retryInterval
            return true
        }
    }
}
