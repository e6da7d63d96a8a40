// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import KernelTier
import Netlink
import ProbeFormat
import Quantities
import System
import SystemPackage
import Testing

@testable import Probe

/// A field server and its clients at the two ends of a wire.
@Suite(.kernelTier, .serialized) struct `A field server` {
    private final class Rig: @unchecked Sendable {
        // Sendable because the wire is made before anything runs at its ends, and each end has its own thread.
        let near: Namespace
        let far: Namespace
        static let nearEnd = VirtualInterface(name: "radio", index: 10, mac: MACAddress(local: 7, 0, 1))
        static let farEnd = VirtualInterface(name: "peer", index: 11, mac: MACAddress(local: 7, 0, 2))
        static let nearAddress = IPAddress(v4: 10, 7, 0, 1)
        static let farAddress = IPAddress(v4: 10, 7, 0, 2)
        static let key = "a secret of the tests"
        private let stop: (reader: CInt, writer: CInt)
        private var running: DedicatedThread.Running<Void>
        private let limits: FieldServer.Limits
        private(set) var said: [String] = []

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
            running = try Self.serve(in: far, limits, until: stop.reader)
            usleep(10_000)
        }

        private static func serve(
            in far: Namespace, _ limits: FieldServer.Limits, until reader: CInt
        ) throws -> DedicatedThread.Running<Void> {
            try far.run {
                let key = try SharedKey(Self.key)
                return try DedicatedThread.start {
                    let server = try? FieldServer(port: 4773, key: key, limits: limits, say: { _ in })
                    server?.run(until: reader)
                }
            }
        }

        func end() {
            _ = write(stop.writer, [1], 1)
            running.wait()
            var byte: UInt8 = 0
            _ = read(stop.reader, &byte, 1)
        }

        func beginAnew() throws {
            running = try Self.serve(in: far, limits, until: stop.reader)
        }

        /// Runs one client for `span`.
        func probe(
            for span: Duration, key: String = Rig.key, change: (inout ProbeClient.Options) -> Void = { _ in }
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

    @Test func `fills the link both ways for who has the key`() throws {
        let rig = try Rig()
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(5)) == [.started])
        let passed = try rig.passed()
        // 8 Mb/s and 2 Mb/s for five seconds, as far as the limits allow.
        #expect((4_500_000...5_300_000).contains(passed.in), "\(passed.in)")
        #expect((1_100_000...1_500_000).contains(passed.out), "\(passed.out)")
    }

    @Test func `refuses another key, and the client says so`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let reports = try rig.probe(for: .seconds(1), key: "another secret of theirs")
        #expect(reports == [.refused("the keys differ")])
        #expect(try rig.passed().in < 1000)
    }

    @Test func `is silent to garbage, and answers a greeting with less than it was`() throws {
        let rig = try Rig()
        defer { rig.end() }
        #expect(try rig.answer([UInt8](repeating: 7, count: 1400)) == nil)
        #expect(try rig.answer([]) == nil)
        let nonce = [UInt8](repeating: 1, count: 16)
        for message in [
            ProbeMessage.start(nonce: nonce, cookie: nonce, code: nonce + nonce),
            .data(
                session: 1, number: 1, time: 1,
                .init(latest: 0, latestSent: 0, packets: 0, ipBytes: 0, time: 0, held: 0)),
            .echo(session: 0, number: 1, time: 1), .stop(session: 3),
        ] {
            #expect(try rig.answer(message.encoded) == nil)
        }
        let hello = ProbeMessage.hello(nonce: nonce).encoded
        let answer = try #require(try rig.answer(hello))
        #expect(answer.count < hello.count)
        // A client without the key gets no further, and the others do not notice it.
        #expect(try rig.probe(for: .seconds(1)) == [.started])
    }

    /// The socket and the number of a session that is begun by hand.
    private func session(_ rig: Rig) throws -> (socket: TestSocket, number: UInt64) {
        let socket = try rig.near.run { try TestSocket(.datagram, on: Rig.nearAddress.description) }
        let nonce = SharedKey.random(ProbeMessage.nonceSize)
        func ask(_ message: ProbeMessage) throws -> ProbeMessage? {
            try socket.send(message.encoded, to: Rig.farAddress.description, port: 4773)
            return socket.receive(within: .milliseconds(200))?.withUnsafeBytes(ProbeMessage.init)
        }
        guard case .challenge(_, let cookie)? = try ask(.hello(nonce: nonce)),
            case .started(_, let number, _, _)? = try ask(try SharedKey(Rig.key).start(nonce, cookie, .datagrams))
        else { throw Fault(.failed, "no session") }
        return (socket, number)
    }

    @Test func `says by one session what came of another, once the client has shown that they belong together`() throws
    {
        let rig = try Rig()
        defer { rig.end() }
        let (one, number) = try session(rig)
        let (other, second) = try session(rig)
        let nothing = ProbeMessage.Feedback(latest: 0, latestSent: 0, packets: 0, ipBytes: 0, time: 0, held: 0)
        /// What the first session hears about the other one in half a second.
        func relayed() -> [UInt64] {
            var numbers: [UInt64] = []
            let end = ContinuousClock.now + .milliseconds(500)
            while ContinuousClock.now < end {
                let bytes = one.receive(within: .milliseconds(100))
                if case .relay(number, let of, let feedback)? = bytes?.withUnsafeBytes(ProbeMessage.init), of == second
                {
                    numbers.append(feedback.latest)
                }
            }
            return numbers
        }
        func send(_ message: ProbeMessage, by socket: TestSocket) throws {
            try socket.send(message.encoded, to: Rig.farAddress.description, port: 4773)
        }
        try send(.data(session: second, number: 5, time: 1, nothing), by: other)
        #expect(relayed().isEmpty)
        // Sent from an address that is not the session's.
        try send(.relay(session: number, of: second, nothing), by: other)
        #expect(relayed().isEmpty)
        try send(.relay(session: number, of: second, nothing), by: one)
        #expect(relayed() == [5])
        try send(.data(session: second, number: 9, time: 1, nothing), by: other)
        #expect(relayed() == [9])
    }

    @Test func `does not answer one address more than so often`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let socket = try rig.near.run { try TestSocket(.datagram, on: Rig.nearAddress.description) }
        for number in 0..<200 {
            let nonce = [UInt8(number)] + [UInt8](repeating: 0, count: 15)
            try socket.send(
                ProbeMessage.hello(nonce: nonce).encoded, to: Rig.farAddress.description, port: 4773)
        }
        var answers = 0
        while socket.receive(within: .milliseconds(100)) != nil { answers += 1 }
        #expect((1...40).contains(answers), "\(answers)")
    }

    @Test func `takes no more than so many sessions of one address`() throws {
        let rig = try Rig { $0.sessionsPerHost = 0 }
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(1)) == [.refused("too many sessions are open")])
    }

    @Test func `that is not there is said to be silent`() throws {
        let rig = try Rig()
        rig.end()
        #expect(try rig.probe(for: .seconds(8)) == [.silent])
    }

    @Test(arguments: Filling.allCases) func `is found again when it was started anew`(filling: Filling) throws {
        let rig = try Rig()
        defer { rig.end() }
        let thread = try DedicatedThread.start {
            usleep(3_000_000)
            rig.end()
            usleep(1_000_000)
            try? rig.beginAnew()
        }
        let reports = try rig.probe(for: .seconds(10)) { $0.filling = filling }
        thread.wait()
        #expect(reports == [.started, .started])
        // The client takes at most two and a quarter seconds to give up a session that nobody answers, so at least six
        // of the ten seconds carry data.
        let bytes = try rig.passed().in
        #expect((6_000_000...9_500_000).contains(bytes), "\(bytes)")
    }

    @Test func `fills the link both ways by TCP`() throws {
        let rig = try Rig()
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(5)) { $0.filling = .streams } == [.started])
        let passed = try rig.passed()
        #expect((4_500_000...5_400_000).contains(passed.in), "\(passed.in)")
        #expect((1_100_000...1_500_000).contains(passed.out), "\(passed.out)")
    }

    @Test func `gives nothing by TCP but a challenge to who has not the key or no session`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let nonce = [UInt8](repeating: 1, count: ProbeMessage.nonceSize)
        for key in ["another secret of theirs", Rig.key] {
            let key = try SharedKey(key)
            let got = try rig.stream { key.bulk(7, .down, nonce, $0) }
            #expect(got == ProbeMessage.challengeSize)
        }
    }

    @Test func `holds no more TCP connections of one address than so many, and none for long`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let sockets = try (0..<20).map { _ in try rig.near.run { try rig.connection() } }
        usleep(500_000)
        var closed = 0
        for socket in sockets { closed += socket.discard() ? 0 : 1 }
        #expect(closed == 12)
        usleep(6_000_000)
        #expect(sockets.allSatisfy { !$0.discard() })
    }

    @Test func `is sent by TCP again at once after an outage, and not when the next time-out has passed`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let thread = try DedicatedThread.start {
            usleep(2_000_000)
            _ = try? rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
            usleep(4_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(Rig.farAddress, mac: Rig.farEnd.mac, interface: 10),
            ])
        }
        _ = try rig.probe(for: .seconds(9)) { $0.filling = .streams }
        thread.wait()
        // Two seconds and three seconds carry data, except for half a second. TCP's own timeout would have taken two of
        // the three.
        let bytes = try rig.passed().in
        #expect((4_500_000...5_300_000).contains(bytes), "\(bytes)")
    }

    @Test func `is found again when the interface is back`() throws {
        let rig = try Rig()
        defer { rig.end() }
        let thread = try DedicatedThread.start {
            usleep(2_000_000)
            _ = try? rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
            usleep(1_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(Rig.farAddress, mac: Rig.farEnd.mac, interface: 10),
            ])
        }
        let reports = try rig.probe(for: .seconds(6))
        thread.wait()
        #expect(reports == [.started])
        // Five of the six seconds carry data.
        let bytes = try rig.passed().in
        #expect((4_500_000...5_300_000).contains(bytes), "\(bytes)")
    }

    @Test func `is found where the interface comes up long after the recording began`() throws {
        let rig = try Rig()
        defer { rig.end() }
        try rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
        let thread = try DedicatedThread.start {
            usleep(4_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(Rig.farAddress, mac: Rig.farEnd.mac, interface: 10),
            ])
        }
        let reports = try rig.probe(for: .seconds(7))
        thread.wait()
        #expect(reports == [.started])
        // Three of the seven seconds carry data.
        let bytes = try rig.passed().in
        #expect((2_500_000...3_300_000).contains(bytes), "\(bytes)")
    }
}
