// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import KernelTier
import Netlink
import ProbeFormat
import Quantities
import Synchronization
import System
import SystemPackage
import Testing

@testable import Probe

/// A field server and room for its clients, at the two ends of a wire.
final class FieldServerRig: @unchecked Sendable {
    // Sendable because the wire is made before anything runs at its ends, each end has its own thread, and what the
    // server says is kept behind a lock.
    let near: Namespace
    let far: Namespace
    static let nearEnd = VirtualInterface(name: "radio", index: 10, mac: MACAddress(local: 7, 0, 1))
    static let farEnd = VirtualInterface(name: "peer", index: 11, mac: MACAddress(local: 7, 0, 2))
    static let nearAddress = IPAddress(v4: 10, 7, 0, 1)
    static let farAddress = IPAddress(v4: 10, 7, 0, 2)
    static let key = "a secret of the tests"
    private let stop: (reader: CInt, writer: CInt)
    private var running: DedicatedThread.Running<Void>?
    private let limits: FieldServer.Limits
    private let log = Mutex<[String]>([])
    var said: [String] { log.withLock { $0 } }

    init(change: (inout FieldServer.Limits) -> Void = { _ in }) throws {
        near = try Namespace("the near")
        far = try Namespace("the far")
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        stop = (ends[0], ends[1])
        try near.routing.perform([
            .createPair(near: Self.nearEnd, far: Self.farEnd, farNamespace: far.descriptor.rawValue)
        ])
        for (namespace, end, address, peer, peerAddress) in [
            (near, Self.nearEnd, Self.nearAddress, Self.farEnd, Self.farAddress),
            (far, Self.farEnd, Self.farAddress, Self.nearEnd, Self.nearAddress),
        ] {
            try namespace.routing.perform([
                .setInterface(end.name, index: end.index, up: true),
                .addAddress(IPPrefix(address, 24), interface: end.index),
                .addNeighbour(peerAddress, mac: peer.mac, interface: end.index),
            ])
        }
        usleep(1000)
        var limits = FieldServer.Limits()
        // The wire itself has no limit.
        limits.rate = .megabitsPerSecond(8)
        change(&limits)
        self.limits = limits
        running = DedicatedThread.Running<Void>?.none
        try beginAnew()
        usleep(10_000)
    }

    func end() {
        _ = write(stop.writer, [1], 1)
        running?.wait()
        var byte: UInt8 = 0
        _ = read(stop.reader, &byte, 1)
    }

    /// Starts the server in this process.
    func beginAnew() throws {
        let (limits, reader) = (limits, stop.reader)
        running = try far.run {
            let key = try SharedKey(Self.key)
            return try DedicatedThread.start {
                let server = try? FieldServer(port: 4773, key: key, limits: limits) { line in
                    self.log.withLock { $0.append(line) }
                }
                server?.run(until: reader)
            }
        }
    }

    /// Runs one client for `span`.
    func probe(
        for span: Duration, key: String = FieldServerRig.key, change: (inout ProbeClient.Options) -> Void = { _ in }
    ) throws -> [ProbeClient.Report] {
        var options = ProbeClient.Options(host: Self.farAddress.description, key: try SharedKey(key))
        options.rate = .megabitsPerSecond(2)
        change(&options)
        let given = options
        return try near.run {
            let client = try ProbeClient(interface: "radio", options: given)
            let thread = try DedicatedThread.start { client.run() }
            usleep(UInt32(span.milliseconds) * 1000)
            client.stop()
            thread.wait()
            return client.takeReports()
        }
    }

    /// A session that is begun by hand.
    struct Session {
        let socket: TestSocket
        let nonce: ProbeMessage.Nonce
        /// The proof that began it.
        let start: [UInt8]
        let seal: SessionSeal
        var number: UInt64 { seal.session }

        func send(_ message: ProbeMessage) throws {
            try send(bytes: seal.datagram(message))
        }

        func send(bytes: [UInt8]) throws {
            try socket.send(bytes, to: farAddress.description, port: 4773)
        }

        func receive(within span: Duration) -> (message: ProbeMessage?, size: Int)? {
            socket.receive(within: span).map { ($0.withUnsafeBytes(ProbeMessage.init), $0.count) }
        }

        /// The bytes of all datagrams that arrive within `span`.
        func arrivals(for span: Duration) -> [(message: ProbeMessage?, size: Int)] {
            var all: [(message: ProbeMessage?, size: Int)] = []
            let end = ContinuousClock.now + span
            while ContinuousClock.now < end {
                if let one = receive(within: .milliseconds(10)) { all.append(one) }
            }
            return all
        }
    }

    func session() throws -> Session {
        let socket = try near.run { try TestSocket(.datagram, on: Self.nearAddress.description) }
        let nonce = SharedKey.random(ProbeMessage.nonceSize)
        func ask(_ bytes: [UInt8]) throws -> ProbeMessage? {
            try socket.send(bytes, to: Self.farAddress.description, port: 4773)
            return socket.receive(within: .milliseconds(200))?.withUnsafeBytes(ProbeMessage.init)
        }
        let key = try SharedKey(Self.key)
        guard case .challenge(_, let cookie)? = try ask(ProbeMessage.hello(nonce: nonce).greeting) else {
            throw Fault(.failed, "no challenge")
        }
        let start = key.start(nonce, cookie, .datagrams).greeting
        guard case .started(_, let number, _, _)? = try ask(start) else { throw Fault(.failed, "no session") }
        let seal = SessionSeal(key, .client, nonce: nonce, session: number)
        return Session(socket: socket, nonce: nonce, start: start, seal: seal)
    }

    /// The answer to one datagram.
    func answer(_ bytes: [UInt8]) throws -> [UInt8]? {
        let socket = try near.run { try TestSocket(.datagram, on: Self.nearAddress.description) }
        try socket.send(bytes, to: Self.farAddress.description, port: 4773)
        return socket.receive(within: .milliseconds(200))
    }

    func connection() throws -> StreamSocket {
        try StreamSocket(to: .find(Self.farAddress.description, port: 4773), interface: Self.nearEnd.name)
    }

    /// The number of bytes that arrive by TCP in half a second after `answer` has answered the challenge's cookie.
    func stream(_ answer: (ProbeMessage.Nonce) -> ProbeMessage) throws -> Int {
        let socket = try near.run { try connection() }
        usleep(100_000)
        var bytes: [UInt8] = []
        guard socket.receive(100_000, into: &bytes),
            case .challenge(_, let cookie)? = bytes.withUnsafeBytes(ProbeMessage.init), socket.send(answer(cookie))
        else { return bytes.count }
        usleep(500_000)
        _ = socket.receive(100_000, into: &bytes)
        return bytes.count
    }

    /// Bytes that the near end's interface has received and sent.
    func passed() throws -> (in: Int64, out: Int64) {
        try near.run {
            guard let stream = fopen("/proc/thread-self/net/dev", "r") else { return (0, 0) }
            defer { fclose(stream) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = fread(&bytes, 1, bytes.count, stream)
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.contains("radio:") } ?? ""
            let fields = line.split { $0 == " " || $0 == ":" }.dropFirst().compactMap { Int64($0) }
            return fields.count > 8 ? (fields[0], fields[8]) : (0, 0)
        }
    }
}
