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
    @Test func `fills the link both ways for who has the key`() throws {
        let rig = try FieldServerRig()
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(5)) == [.started])
        let passed = try rig.passed()
        // 8 Mb/s and 2 Mb/s for five seconds, as far as the limits allow.
        #expect((4_500_000...5_300_000).contains(passed.in), "\(passed.in)")
        #expect((1_100_000...1_500_000).contains(passed.out), "\(passed.out)")
    }

    @Test func `refuses another key, and the client says so`() throws {
        let rig = try FieldServerRig()
        defer { rig.end() }
        let reports = try rig.probe(for: .seconds(1), key: "another secret of theirs")
        #expect(reports == [.refused("the keys differ")])
        #expect(try rig.passed().in < 1000)
    }

    @Test func `is silent to garbage, and answers a greeting with less than it was`() throws {
        let rig = try FieldServerRig()
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
            #expect(try rig.answer(message.isSealed ? message.covered(number: 1) + nonce : message.greeting) == nil)
        }
        let hello = ProbeMessage.hello(nonce: nonce).greeting
        let answer = try #require(try rig.answer(hello))
        #expect(answer.count < hello.count)
        // A client without the key gets no further, and the others do not notice it.
        #expect(try rig.probe(for: .seconds(1)) == [.started])
    }

    @Test func `says by one session what came of another, once the client has shown that they belong together`() throws
    {
        let rig = try FieldServerRig()
        defer { rig.end() }
        let one = try rig.session()
        let other = try rig.session()
        let nothing = ProbeMessage.Feedback(latest: 0, latestSent: 0, packets: 0, ipBytes: 0, time: 0, held: 0)
        /// What the first session hears about the other one in half a second.
        func relayed() -> [UInt64] {
            one.arrivals(for: .milliseconds(500)).compactMap {
                if case .relay(one.number, other.number, let feedback)? = $0.message { feedback.latest } else { nil }
            }
        }
        try other.send(.data(session: other.number, number: 5, time: 1, nothing))
        #expect(relayed().isEmpty)
        // Sent from an address that is not the session's.
        let relay = ProbeMessage.relay(session: one.number, of: other.number, nothing)
        try other.send(bytes: one.seal.datagram(relay))
        #expect(relayed().isEmpty)
        try one.send(relay)
        #expect(relayed() == [5])
        try other.send(.data(session: other.number, number: 9, time: 1, nothing))
        #expect(relayed() == [9])
    }

    @Test func `does not answer one address more than so often`() throws {
        let rig = try FieldServerRig()
        defer { rig.end() }
        let socket = try rig.near.run { try TestSocket(.datagram, on: FieldServerRig.nearAddress.description) }
        for number in 0..<200 {
            let nonce = [UInt8(number)] + [UInt8](repeating: 0, count: 15)
            try socket.send(
                ProbeMessage.hello(nonce: nonce).greeting, to: FieldServerRig.farAddress.description, port: 4773)
        }
        var answers = 0
        while socket.receive(within: .milliseconds(100)) != nil { answers += 1 }
        #expect((1...40).contains(answers), "\(answers)")
    }

    @Test func `takes no more than so many sessions of one address`() throws {
        let rig = try FieldServerRig { $0.sessionsPerHost = 0 }
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(1)) == [.refused("too many sessions are open")])
    }

    @Test func `that is not there is said to be silent`() throws {
        let rig = try FieldServerRig()
        rig.end()
        #expect(try rig.probe(for: .seconds(8)) == [.silent])
    }

    @Test(arguments: Filling.allCases) func `is found again when it was started anew`(filling: Filling) throws {
        let rig = try FieldServerRig()
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
        let rig = try FieldServerRig()
        defer { rig.end() }
        #expect(try rig.probe(for: .seconds(5)) { $0.filling = .streams } == [.started])
        let passed = try rig.passed()
        #expect((4_500_000...5_400_000).contains(passed.in), "\(passed.in)")
        #expect((1_100_000...1_500_000).contains(passed.out), "\(passed.out)")
    }

    @Test func `gives nothing by TCP but a challenge to who has not the key or no session`() throws {
        let rig = try FieldServerRig()
        defer { rig.end() }
        let nonce = [UInt8](repeating: 1, count: ProbeMessage.nonceSize)
        let session = try rig.session()
        // The shared key itself opens no stream, and a session's key opens one of that session alone.
        for (key, number) in [
            (try SharedKey("another secret of theirs"), session.number),
            (try SharedKey(FieldServerRig.key), session.number),
            (session.seal.streamKey, 7),
        ] {
            let got = try rig.stream { key.bulk(number, .down, nonce, $0) }
            #expect(got == ProbeMessage.challengeSize)
        }
    }

    @Test func `holds no more TCP connections of one address than so many, and none for long`() throws {
        let rig = try FieldServerRig()
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
        let rig = try FieldServerRig()
        defer { rig.end() }
        let thread = try DedicatedThread.start {
            usleep(2_000_000)
            _ = try? rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
            usleep(4_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(FieldServerRig.farAddress, mac: FieldServerRig.farEnd.mac, interface: 10),
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
        let rig = try FieldServerRig()
        defer { rig.end() }
        let thread = try DedicatedThread.start {
            usleep(2_000_000)
            _ = try? rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
            usleep(1_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(FieldServerRig.farAddress, mac: FieldServerRig.farEnd.mac, interface: 10),
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
        let rig = try FieldServerRig()
        defer { rig.end() }
        try rig.near.routing.perform([.setInterface("radio", index: 10, up: false)])
        let thread = try DedicatedThread.start {
            usleep(4_000_000)
            _ = try? rig.near.routing.perform([
                .setInterface("radio", index: 10, up: true),
                .addNeighbour(FieldServerRig.farAddress, mac: FieldServerRig.farEnd.mac, interface: 10),
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
