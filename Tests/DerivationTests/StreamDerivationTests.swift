// SPDX-License-Identifier: Apache-2.0
import Pcap
import ProbeFormat
import Quantities
import SystemPackage
import Testing
import Traces

@testable import Derivation

/// A recording with a probe whose TCP connections fill links of fixed rates, and whose server reports each echo.
@Suite struct `A recording with a probe by TCP` {
    private let scratch: ScratchDirectory

    private static let way = 0.02
    private static let queue = 0.1
    private static let downRate = 2e6
    private static let upRate = 0.7e6
    private static let segment = 1400

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func udp(_ message: ProbeMessage, outbound: Bool) -> [UInt8] {
        let payload = message.encoded
        func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        var bytes: [UInt8] = [0x45, 0] + two(payload.count + 28) + [0, 0, 0x40, 0, 64, 17, 0, 0]
        bytes += outbound ? PacketMaker.near + PacketMaker.far : PacketMaker.far + PacketMaker.near
        bytes += outbound ? two(40000) + two(4773) : two(4773) + two(40000)
        return bytes + two(payload.count + 8) + [0, 0] + payload
    }

    /// A segment of a connection to `port`. The server's TCP port is the same as its UDP port.
    private func tcp(outbound: Bool, sequence: UInt32, port: UInt16) -> [UInt8] {
        var bytes = PacketMaker.tcp(outbound: outbound, sequence: sequence, payload: Self.segment - 52)
        bytes[outbound ? 22 : 20] = UInt8(port >> 8)
        bytes[outbound ? 23 : 21] = UInt8(port & 255)
        return bytes
    }

    /// - Parameter demand: the share of the downlink's rate that is sent, at an instant; below 1 there is no queue.
    private func derive(
        port: UInt16 = 4773, demand: @escaping (Double) -> Double = { _ in 1 }
    ) throws -> Derivation {
        let seconds = 20.0
        let idle = 15.0..<16.5
        func waits(_ time: Double) -> Double { idle.contains(time) ? 0 : Self.queue }
        var events: [(time: Double, outbound: Bool, bytes: [UInt8])] = []
        events.append((idle.lowerBound, true, udp(.idle(session: 1, milliseconds: 1500), outbound: true)))
        var time = 0.3
        var sequence: UInt32 = 1
        while time < seconds {
            time += Double(Self.segment * 8) / Self.downRate / demand(time)
            sequence &+= UInt32(Self.segment - 52)
            if !idle.contains(time) {
                events.append((time, false, tcp(outbound: false, sequence: sequence, port: port)))
            }
        }
        // Three times as much leaves as arrives; the rest waits in a queue or is lost.
        time = 0.3
        while time < seconds {
            time += Double(Self.segment * 8) / Self.upRate / 3
            sequence &+= UInt32(Self.segment - 52)
            if !idle.contains(time) { events.append((time, true, tcp(outbound: true, sequence: sequence, port: port))) }
        }
        for echo in 0..<Int(seconds * 10 - 5) {
            let sent = Double(echo) / 10 + 0.05
            let number = UInt64(echo + 1)
            let client = UInt64((sent + 77) * 1e9)
            let there = sent + waits(sent) + Self.way
            let back = there + (demand(there) < 1 ? 0 : waits(there)) + Self.way
            let filled = max(0, min(there, idle.lowerBound) - 0.3) + max(0, there - idle.upperBound)
            let feedback = ProbeMessage.Feedback(
                latest: number, latestSent: client, packets: number, ipBytes: UInt64(filled * Self.upRate / 8),
                time: UInt64((there + 5e4) * 1e9), held: 0)
            events.append((sent, true, udp(.echo(session: 1, number: number, time: client), outbound: true)))
            events.append((back, false, udp(.report(session: 1, feedback), outbound: false)))
            events.append((back, false, udp(.echoReply(session: 1, number: number, time: client), outbound: false)))
        }
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wwan0")
        for event in events.sorted(by: { $0.time < $1.time }) {
            try capture.add(event.bytes, at: event.time, outbound: event.outbound)
        }
        try capture.finish()
        return try Derivation(
            Derivation.Options(name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)]))
    }

    private func rate(_ trace: PathTrace, _ direction: Traces.Direction, _ from: Int64, _ to: Int64) -> Double {
        trace.curve(direction).carried(from: .seconds(from), to: .seconds(to)) * 8 / Double(to - from)
    }

    @Test func `gives both directions' rates, the uplink's from what the server says it had`() throws {
        let result = try derive()
        let trace = try #require(result.traces.first)
        // Echoes and their replies pass next to the segments.
        for (from, to): (Int64, Int64) in [(2, 14), (17, 19)] {
            #expect(abs(rate(trace, .down, from, to) / Self.downRate - 1) < 0.01)
            #expect(abs(rate(trace, .up, from, to) / Self.upRate - 1) < 0.02)
        }
        let report = try #require(result.reports.first)
        // The link is full except for about half a second at both ends, the idle phase, and the second that the last
        // reply begins.
        for share in [try #require(report.saturatedDown), try #require(report.saturatedUp)] {
            #expect(abs(share - (19.5 - 1.5) / 21) < 0.02, "\(share)")
        }
        #expect(trace.samples.allSatisfy { abs($0.down.delay.milliseconds - 20) < 0.5 })
    }

    @Test func `holds the last rate where a connection had yet to find it`() throws {
        let result = try derive { (8..<12).contains($0) ? 0.3 : 1 }
        let trace = try #require(result.traces.first)
        #expect(abs(rate(trace, .down, 9, 11) / Self.downRate - 1) < 0.03)
        let share = try #require(result.reports.first?.saturatedDown)
        // The four seconds are missing as well.
        #expect(abs(share - (19.5 - 1.5 - 4) / 21) < 0.02, "\(share)")
    }

    @Test func `takes other connections for what they are`() throws {
        let trace = try #require(try derive(port: 443).traces.first)
        // The server does not count these connections, so what it reports is added to them.
        #expect(rate(trace, .up, 2, 14) > 3.9 * Self.upRate)
    }
}
