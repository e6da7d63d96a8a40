// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import ProbeFormat
import Quantities
import SystemPackage
import Testing
import Traces

@testable import Derivation

/// A recording with a probe of 1 Mb/s each way, to which somebody added datagrams, or whose clock was set.
@Suite struct `A probe's recording with numbers that no probe sends` {
    private struct Event {
        var time: Double
        var outbound: Bool
        var message: ProbeMessage
    }

    private static let length = 1400
    /// What a capture of 128 bytes of each packet holds from the IP header on.
    private static let captured = 128 - 14
    private static let rate = 1e6
    private static let way = 0.02
    private static let idle = 8.0..<9.5

    /// Twenty seconds in which datagrams wait for 0.2 s in each direction.
    private static let honest: [Event] = {
        func server(_ time: Double) -> UInt64 { UInt64((time + 5e4) * 1e9) }
        func client(_ time: Double) -> UInt64 { UInt64((time + 77) * 1e9) }
        let sending = Double(length * 8) / rate
        var events = [Event(time: idle.lowerBound, outbound: true, message: .idle(session: 1, milliseconds: 1500))]
        var number: UInt64 = 0
        for time in stride(from: 0.5, to: 20, by: sending)
        where !(idle.lowerBound + 0.2..<idle.upperBound).contains(time) {
            number += 1
            let feedback = ProbeMessage.Feedback(
                latest: number, latestSent: client(time - way - 0.2), packets: number,
                ipBytes: number * UInt64(length), time: server(time - way), held: 0)
            events.append(
                Event(
                    time: time, outbound: false,
                    message: .data(session: 1, number: number, time: server(time - way - 0.2), feedback)))
        }
        for echo in UInt64(1)...190 {
            let sent = Double(echo) / 10
            let wait = (idle.lowerBound + 0.2..<idle.upperBound).contains(sent) ? 0 : 0.4
            let time = client(sent)
            events.append(Event(time: sent, outbound: true, message: .echo(session: 1, number: echo, time: time)))
            events.append(
                Event(
                    time: sent + 2 * way + wait, outbound: false,
                    message: .echoReply(session: 1, number: echo, time: time)))
        }
        return events
    }()

    private static func packet(_ message: ProbeMessage, outbound: Bool, version: UInt8) -> (bytes: [UInt8], length: Int)
    {
        let payload = version == 1 ? message.encoded : message.covered(number: 9) + [UInt8](repeating: 7, count: 8)
        var length = payload.count + 28
        // Equal in both versions, so that the traces can be.
        if case .data = message { length = Self.length } else { length = 100 }
        func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        let addresses = outbound ? PacketMaker.near + PacketMaker.far : PacketMaker.far + PacketMaker.near
        let ports = outbound ? two(40000) + two(4773) : two(4773) + two(40000)
        let header: [UInt8] = [0x45, 0] + two(length) + [0, 0, 0x40, 0, 64, 17, 0, 0]
        return (header + addresses + ports + two(length - 20) + [0, 0] + payload, length)
    }

    private func derive(
        _ added: [Event] = [], version: UInt8 = 1, setting clock: (Double) -> Double = { $0 },
        start: Int64 = PacketMaker.start, shift: Duration = .zero
    ) throws -> Derivation {
        let scratch = try ScratchDirectory()
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wwan0", start: start)
        for event in (Self.honest + added).sorted(by: { $0.time < $1.time }) {
            let (bytes, length) = Self.packet(event.message, outbound: event.outbound, version: version)
            try capture.add(
                Array(bytes.prefix(Self.captured)), at: clock(event.time), outbound: event.outbound, length: length)
        }
        try capture.finish()
        return try Derivation(
            Derivation.Options(
                name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)], shifts: [shift]))
    }

    private func expectHonestRates(_ derivation: Derivation) throws {
        let trace = try #require(derivation.traces.first)
        for direction in [Traces.Direction.down, .up] {
            let bytes = trace.curve(direction).carried(from: .seconds(2), to: .seconds(7))
            #expect(abs(bytes * 8 / 5 / Self.rate - 1) < 0.05, "\(direction): \(bytes * 8 / 5)")
        }
    }

    @Test func `gives the rates that were there, in both versions of the protocol alike`() throws {
        let first = try derive()
        try expectHonestRates(first)
        // 128 bytes hold every field in both.
        let second = try derive(version: 2)
        #expect(second.traces == first.traces)
        #expect(second.notes == first.notes)
    }

    private static let huge: [UInt64] = [
        1 << 51, 1 << 53, 1 << 60, (1 << 61) - 1, 1 << 61, UInt64(Int64.max), 1 << 63, .max,
    ]

    private static func feedback(
        latest: UInt64 = 2, latestSent: UInt64 = 3, packets: UInt64 = 2, ipBytes: UInt64 = 5,
        time: UInt64 = 50_003_000_000_000
    ) -> ProbeMessage.Feedback {
        ProbeMessage.Feedback(
            latest: latest, latestSent: latestSent, packets: packets, ipBytes: ipBytes, time: time, held: 0)
    }

    @Test(arguments: ["ipBytes", "latest", "packets", "number", "sent", "time", "latestSent"])
    func `leaves them out, and says how many`(field: String) throws {
        let times = ["sent", "time", "latestSent"].contains(field)
        let beyond = Self.huge.filter { !times || $0 >= 1 << 61 }
        for session: UInt64 in [1, 2] {
            let added = beyond.enumerated().map { index, value in
                let message: ProbeMessage =
                    switch field {
                    case "ipBytes": .feedback(session: session, Self.feedback(ipBytes: value))
                    case "latest": .feedback(session: session, Self.feedback(latest: value))
                    case "packets": .feedback(session: session, Self.feedback(packets: value))
                    case "time": .feedback(session: session, Self.feedback(time: value))
                    case "latestSent": .feedback(session: session, Self.feedback(latestSent: value))
                    case "number": .data(session: session, number: value, time: 1, Self.feedback())
                    default: .data(session: session, number: 1, time: value, Self.feedback())
                    }
                return Event(time: 3 + Double(index) / 10, outbound: false, message: message)
            }
            let derivation = try derive(added)
            try expectHonestRates(derivation)
            let note = "wwan0: \(added.count) datagrams of the probe hold numbers that no probe sends, and are left out"
            #expect(derivation.notes.contains(note), "\(derivation.notes)")
        }
    }

    @Test func `ends with a trace whatever the numbers are`() throws {
        var generator = SplitMix64(seed: 2)
        for round in 0..<40 {
            func number() -> UInt64 {
                switch generator.next(below: 3) {
                case 0: Self.huge[Int(generator.next(below: UInt64(Self.huge.count)))] - 1
                case 1: generator.next() >> generator.next(below: 64)
                default: generator.next(below: 4)
                }
            }
            let added = (0..<60).map { index in
                let feedback = ProbeMessage.Feedback(
                    latest: number(), latestSent: number(), packets: number(), ipBytes: number(), time: number(),
                    held: UInt32(truncatingIfNeeded: number()))
                let session = generator.next(below: 3)
                let message: ProbeMessage =
                    switch generator.next(below: 7) {
                    case 0: .data(session: session, number: number(), time: number(), feedback)
                    case 1: .echo(session: session, number: number(), time: number())
                    case 2: .echoReply(session: session, number: number(), time: number())
                    case 3: .idle(session: session, milliseconds: UInt32(truncatingIfNeeded: number()))
                    case 4: .report(session: session, feedback)
                    default: .feedback(session: session, feedback)
                    }
                return Event(
                    time: 1 + Double(index) / 4, outbound: generator.next(below: 2) == 0, message: message)
            }
            #expect(try derive(added).traces.count == 1, "seed 2, round \(round)")
        }
    }

    @Test func `survives a clock that is set back or forward, in an idle phase too`() throws {
        for step in [-7.0, -1, -0.05, 0.05, 1, 1000] {
            for instant in [3.0, 8.02, 8.5, 9.3] {
                let derivation = try derive { $0 < instant ? $0 : $0 + step }
                #expect(derivation.traces.count == 1)
                for sample in try #require(derivation.traces.first).samples {
                    #expect(sample.down.delay >= .zero && sample.up.delay >= .zero)
                }
            }
        }
    }

    /// Seconds since 1970, in the years 1677, 1678, 1820, 2118 and 2262.
    @Test(arguments: [-9_223_372_000, -9_214_000_000, -4_700_000_000, 4_700_000_000, 9_223_372_000] as [Int64])
    func `is refused where the clock shows a year in which nobody walks`(start: Int64) throws {
        let error = try #require(throws: Fault.self) { _ = try derive(start: 0, shift: .seconds(start)) }
        #expect("\(error)".contains("must be from 1824 to 2115"), "\(error)")
    }
}
