// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import SystemPackage
import Testing

@testable import Derivation
@testable import Pcap

@Suite struct FlowObserverTests {
    struct Step {
        var at: Double
        var outbound: Bool
        var sequence: UInt32
        var acknowledgement: UInt32 = 0
        var payload: Int = 0
        var stamp: UInt32 = 1
        var echo: UInt32 = 1
        var flags: UInt8 = 0x10
    }

    /// The round trips in ms and the losses that the steps show.
    private func observe(_ steps: [Step]) -> (trips: [Double], lost: Int) {
        var flow = FlowObserver()
        var trips: [Double] = []
        var lost = 0
        for step in steps {
            let bytes = PacketMaker.tcp(
                outbound: step.outbound, sequence: step.sequence, acknowledgement: step.acknowledgement,
                flags: step.flags, payload: step.payload, stamp: step.stamp, echo: step.echo)
            bytes.withUnsafeBytes { raw in
                let options = TCPOptions(raw.bytes.extracting(40..<52))
                let segment = TCPSegment(
                    sourcePort: 1, destinationPort: 2, sequence: step.sequence, acknowledgement: step.acknowledgement,
                    flags: .init(rawValue: step.flags), window: 1, payloadLength: step.payload, options: 40..<52)
                let finding = flow.observe(
                    segment, options, outbound: step.outbound, at: Timestamp(nanoseconds: Int64(step.at * 1e9)))
                if let trip = finding.roundTrip { trips.append((trip.time.milliseconds * 1000).rounded() / 1000) }
                lost += finding.lost
            }
        }
        return (trips, lost)
    }

    @Test func `A handshake and acknowledged data are round trips`() {
        let found = observe([
            Step(at: 0, outbound: true, sequence: 10, flags: 2),
            Step(at: 0.05, outbound: false, sequence: 70, acknowledgement: 11, flags: 0x12),
            Step(at: 0.06, outbound: true, sequence: 11, payload: 1000),
            Step(at: 0.09, outbound: false, sequence: 71, acknowledgement: 1011),
        ])
        #expect(found.trips == [50, 30])
        #expect(found.lost == 0)
    }

    /// RFC 7323, section 3.2: what echoes no time stamp has zero. A clock in its upper half seems to be before zero.
    @Test func `A time stamp of zero echoes none`() {
        let found = observe([
            Step(at: 0, outbound: true, sequence: 11, stamp: 0x9000_0000),
            Step(at: 0.1, outbound: false, sequence: 70, payload: 10, echo: 0),
            Step(at: 0.2, outbound: false, sequence: 80, payload: 10, echo: 0x9000_0000),
        ])
        #expect(found.trips == [200])
    }

    @Test func `What was sent twice is no round trip, and one loss`() {
        let found = observe([
            Step(at: 0, outbound: true, sequence: 11, payload: 1000, stamp: 1, echo: 0),
            Step(at: 0.3, outbound: true, sequence: 11, payload: 1000, stamp: 1, echo: 0),
            Step(at: 0.35, outbound: false, sequence: 71, acknowledgement: 1011, echo: 0),
        ])
        #expect(found.trips.isEmpty)
        #expect(found.lost == 1)
    }

    @Test func `A stamp's first echo is a round trip, and a later stamp's is none`() {
        let found = observe([
            Step(at: 1, outbound: true, sequence: 1, stamp: 1000, echo: 5),
            Step(at: 1.02, outbound: true, sequence: 1, stamp: 1020, echo: 5),
            Step(at: 1.08, outbound: false, sequence: 1, payload: 100, stamp: 6, echo: 1000),
            Step(at: 1.1, outbound: true, sequence: 1, stamp: 1100, echo: 6),
            Step(at: 1.2, outbound: false, sequence: 101, payload: 100, stamp: 7, echo: 1150),
        ])
        #expect(found.trips == [80])
    }

    @Test func `What the far end answers after a while without data is no round trip`() {
        let found = observe([
            Step(at: 1, outbound: true, sequence: 1, stamp: 1000, echo: 5),
            Step(at: 6, outbound: false, sequence: 1, payload: 100, stamp: 6, echo: 1000),
        ])
        #expect(found.trips.isEmpty)
    }

    @Test(arguments: [(0.005, 0), (0.2, 2)])
    func `What comes late was lost, and what comes a little late was reordered`(delay: Double, lost: Int) {
        let found = observe([
            Step(at: 0, outbound: true, sequence: 10, flags: 2),
            Step(at: 0.05, outbound: false, sequence: 70, acknowledgement: 11, flags: 0x12),
            Step(at: 0.1, outbound: false, sequence: 71, payload: 1448),
            // 2,896 bytes, which are two segments, are missing here.
            Step(at: 0.11, outbound: false, sequence: 71 + 1448 * 3, payload: 1448),
            Step(at: 0.11 + delay, outbound: false, sequence: 71 + 1448, payload: 1448),
            Step(at: 0.111 + delay, outbound: false, sequence: 71 + 1448 * 2, payload: 1448),
        ])
        #expect(found.lost == lost)
    }

    @Test func `Sequence numbers may pass their end`() {
        let found = observe([
            Step(at: 0.1, outbound: false, sequence: 0xffff_fff0, payload: 1000),
            Step(at: 0.2, outbound: false, sequence: 984, payload: 1000),
            Step(at: 0.3, outbound: true, sequence: 0xffff_ff00, payload: 1000),
            Step(at: 0.4, outbound: false, sequence: 1984, acknowledgement: 744),
        ])
        #expect(found.trips == [100])
        #expect(found.lost == 0)
    }

    @Test(arguments: [(60_040, nil, 60_040), (14_532, 15_000, 15_000), (14_532, nil, 15_000)] as [(Int, Int?, Int)])
    func `A record into which segments were merged counts the headers of each`(
        claimed: Int, original: Int?, wire: Int
    ) throws {
        let scratch = try ScratchDirectory()
        var capture = try CaptureMaker(scratch.file("merged.pcapng"), name: "wlan0")
        try capture.connect(at: 0)
        // Ten segments of 1448 bytes behind one header of 52 bytes; or a packet of another protocol that claims to be
        // 60,040 bytes long.
        let payload = claimed == 14_532 ? 14_480 : 0
        var packet = PacketMaker.tcp(outbound: false, sequence: 1000, payload: payload)
        if payload == 0 { packet[9] = 47 }
        if payload == 0 { (packet[2], packet[3]) = (UInt8(claimed >> 8), UInt8(claimed & 0xff)) }
        try capture.add(packet, at: 1, outbound: false, length: original ?? claimed)
        try capture.finish()
        var reader = try CaptureReader(scratch.file("merged.pcapng").string)
        var observation = PathObservation(near: [], bin: .seconds(1), DerivationMemory(bin: .seconds(1)))
        try reader.forEach { try observation.add($0, shift: .zero) }
        #expect(observation.seconds[PacketMaker.start + 1]?.down == Int64(wire))
    }
}

@Suite struct FillingTests {
    @Test(
        arguments: [
            (Filling.asIs, nil), (.hold, [4, 4, 4, 9, 4, 8, 8, 0]), (.interpolate, [4, 4, 5, 9, 7, 8, 8, 0]),
        ] as [(Filling, [Double]?)])
    func `Only what was not full is filled, never below what passed, and nothing while detached`(
        filling: Filling, expected: [Double]?
    ) {
        let rates = [1.0, 4, 1, 9, 1, 8, 1, 0].map { DataRate.megabitsPerSecond($0) }
        let full = [false, true, false, false, false, true, false, false]
        let attached = [true, true, true, true, true, true, true, false]
        #expect(filling.capacities(rates, full: full, attached: attached)?.map(\.megabitsPerSecond) == expected)
    }

    @Test func `Without a full window there is nothing to fill with`() {
        let rates = [1.0, 2].map { DataRate.megabitsPerSecond($0) }
        #expect(Filling.hold.capacities(rates, full: [false, false], attached: [true, true]) == nil)
    }
}
