// SPDX-License-Identifier: Apache-2.0
import Determinism
import Pcap
import ProbeFormat
import Quantities
import SystemPackage
import Testing
import Traces

@testable import Derivation

/// A recording with a probe over links of fixed rates, whose server has a clock of its own.
@Suite struct `A probe's recording` {
    private let scratch: ScratchDirectory

    private static let way = 0.02
    private static let downRate = 2e6
    private static let upRate = 0.7e6
    private static let datagram = 1400

    init() throws {
        scratch = try ScratchDirectory()
    }

    private func packet(_ message: ProbeMessage, outbound: Bool) -> (bytes: [UInt8], length: Int) {
        let payload = message.encoded
        var length = payload.count + 28
        if case .data = message { length = Self.datagram }
        func two(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
        var bytes: [UInt8] = [0x45, 0]
        bytes += two(length)
        bytes += [0, 0, 0x40, 0, 64, 17, 0, 0]
        bytes += outbound ? PacketMaker.near + PacketMaker.far : PacketMaker.far + PacketMaker.near
        bytes += outbound ? two(40000) + two(4773) : two(4773) + two(40000)
        bytes += two(length - 20)
        bytes += [0, 0]
        return (bytes + payload, length)
    }

    /// - Parameters:
    ///   - demand: the share of the downlink's rate that is sent, at an instant; below 1 there is no queue.
    ///   - queue: how long a packet waits in either direction where demand is 1, in seconds.
    ///   - idle: when only echoes are sent.
    ///   - draining: when only echoes should be sent, while what waits takes longer to leave.
    ///   - others: what else is captured.
    ///   - capacity: the share of the downlink's rate that is there, at an instant of arrival.
    ///   - losses: when as many of the downlink's datagrams are lost as arrive.
    ///   - outage: when the downlink carries nothing; what is on it arrives afterwards.
    ///   - end: the instant from which on nothing arrives.
    private func record(
        seconds: Double, queue: Double = 0.2, idle: Range<Double>, draining: Range<Double>? = nil,
        others: [(time: Double, outbound: Bool, bytes: [UInt8])] = [], demand: (Double) -> Double = { _ in 1 },
        capacity: (Double) -> Double = { _ in 1 }, losses: Range<Double>? = nil, outage: Range<Double>? = nil,
        end: Double = .infinity
    ) throws {
        let offset = 5e4
        func server(_ time: Double) -> UInt64 { UInt64((time + offset) * 1e9) }
        func client(_ time: Double) -> UInt64 { UInt64((time + 77) * 1e9) }
        // Datagrams that waited when the phase began still arrive.
        let silence = (idle.lowerBound + queue)..<(idle.upperBound + Self.way)
        let sending = (down: Double(Self.datagram * 8) / Self.downRate, up: Double(Self.datagram * 8) / Self.upRate)
        let arrivals = stride(from: 0.05, to: seconds, by: sending.up).filter { !silence.contains($0) }
        var events: [(time: Double, outbound: Bool, message: ProbeMessage)] = []
        let length = UInt32((1000 * (idle.upperBound - idle.lowerBound)).rounded())
        events.append((idle.lowerBound, true, .idle(session: 1, milliseconds: length)))
        if let draining { events.append((draining.lowerBound, true, .idle(session: 1, milliseconds: 500))) }
        var number: UInt64 = 0
        var time = 0.3 + queue
        while time < seconds {
            let share = demand(time)
            time += sending.down / share / capacity(time)
            guard !silence.contains(time) else { continue }
            number += losses?.contains(time) == true ? 2 : 1
            var sent = time - Self.way - (share < 1 ? 0 : queue) - sending.down
            if let outage, outage.contains(time) {
                time += outage.upperBound - outage.lowerBound
                sent = max(sent, outage.lowerBound - queue)
            }
            let arrived = arrivals.count { $0 <= sent }
            let latest = arrivals[arrived - 1]
            let feedback = ProbeMessage.Feedback(
                latest: UInt64(arrived), latestSent: client(latest - Self.way - queue - sending.up),
                packets: UInt64(arrived), ipBytes: UInt64(arrived * Self.datagram), time: server(sent),
                held: UInt32(min((sent - latest) * 1e9, 4_294_967_295)))
            events.append((time, false, .data(session: 1, number: number, time: server(sent), feedback)))
        }
        for echo in 0..<Int(seconds * 10 - 10) {
            let sent = Double(echo) / 10 + 0.05
            let isBeside = others.contains { abs($0.time - sent) < 0.05 }
            let isIdle = !isBeside && (idle.lowerBound + queue..<idle.upperBound - 0.05).contains(sent)
            let waiting = draining.flatMap { $0.contains(sent) ? $0.upperBound + 0.3 - sent : nil }
            let number = UInt64(echo + 1)
            events.append((sent, true, .echo(session: 1, number: number, time: client(sent))))
            events.append(
                (
                    sent + 2 * Self.way + (isIdle ? 0 : waiting ?? 2 * queue), false,
                    .echoReply(session: 1, number: number, time: client(sent))
                ))
        }
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wwan0")
        let probe = events.map { event in
            let (bytes, length) = packet(event.message, outbound: event.outbound)
            return (time: event.time, outbound: event.outbound, bytes: bytes, length: Optional(length))
        }
        let all = probe + others.map { (time: $0.time, outbound: $0.outbound, bytes: $0.bytes, length: nil) }
        for event in all.sorted(by: { $0.time < $1.time })
        where event.outbound || event.time < end && outage?.contains(event.time) != true {
            try capture.add(event.bytes, at: event.time, outbound: event.outbound, length: event.length)
        }
        try capture.finish()
    }

    private func derive() throws -> Derivation {
        try Derivation(
            Derivation.Options(name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)]))
    }

    private func rate(_ trace: PathTrace, _ direction: Traces.Direction, _ from: Int64, _ to: Int64) -> Double {
        let curve = trace.curve(direction)
        let bytes = curve.carried(from: .seconds(from), to: .seconds(to))
        return bytes * 8 / Double(to - from)
    }

    @Test func `gives both directions' rates, the uplink's from what the server says it had`() throws {
        try record(seconds: 20, idle: 10..<11.5)
        let result = try derive()
        let trace = try #require(result.traces.first)
        for (from, to): (Int64, Int64) in [(2, 9), (13, 18)] {
            #expect(abs(rate(trace, .down, from, to) / Self.downRate - 1) < 0.01)
            #expect(abs(rate(trace, .up, from, to) / Self.upRate - 1) < 0.02)
        }
    }

    @Test func `gives the rate of the instant at which the link carried, which is half a round trip before it came`()
        throws
    {
        // What arrives until 8.02 s has left the link by 8 s; from then on the link carries a tenth. For one second
        // nothing waited, so that the waiting is known.
        try record(
            seconds: 20, idle: 13..<14.5, demand: { (2..<3).contains($0) ? 0.5 : 1 },
            capacity: { $0 < 8.02 ? 1 : 0.1 })
        let trace = try #require(try derive().traces.first)
        let curve = trace.curve(.down)
        let before = curve.carried(from: .seconds(7), to: .seconds(8)) * 8
        let after = curve.carried(from: .seconds(8), to: .milliseconds(8500)) * 8
        #expect(abs(before / Self.downRate - 1) < 0.005, "\(before)")
        // 40 kb of what arrived after 8 s had left the link before. The rest is at most a part of one datagram.
        #expect(after < 0.5 * 0.1 * Self.downRate + Double(Self.datagram * 8), "\(after)")
    }

    @Test func `is of the last rate where only echoes were sent, and tells the way without a queue from them`() throws {
        try record(seconds: 20, idle: 10..<12)
        let result = try derive()
        let trace = try #require(result.traces.first)
        #expect(abs(rate(trace, .down, 10, 12) / Self.downRate - 1) < 0.03)
        #expect(trace.samples.allSatisfy { abs($0.down.delay.milliseconds - 20) < 0.5 && $0.up.delay == $0.down.delay })
        let report = try #require(result.reports.first)
        let full = try #require(report.saturatedDown)
        // The link is full except for the first half second and the idle phase, whose beginning the queue filled. The
        // last datagram begins one more second.
        #expect(abs(full - (20 - 0.5 - 2 + 0.2) / 21) < 0.01, "\(full)")
    }

    @Test func `takes no phase for empty in which what waited was still going`() throws {
        try record(seconds: 20, idle: 10..<11.5, draining: 15..<15.5)
        let trace = try #require(try derive().traces.first)
        #expect(trace.samples.allSatisfy { abs($0.down.delay.milliseconds - 20) < 0.5 })
    }

    /// A download of 1 Mb/s from 14 to 21 s, behind a queue.
    private static let download: [(time: Double, outbound: Bool, bytes: [UInt8])] = stride(
        from: UInt32(14_000), to: 21_000, by: 12
    ).flatMap { milliseconds in
        let time = Double(milliseconds) / 1000
        let sequence = (milliseconds - 14_000) / 12 * 1448
        let data = PacketMaker.tcp(
            outbound: false, sequence: sequence, payload: 1448, stamp: 9, echo: milliseconds - 300)
        let answer = PacketMaker.tcp(
            outbound: true, sequence: 2, acknowledgement: sequence + 1448, stamp: milliseconds, echo: 9)
        return [(time, false, data), (time, true, answer)]
    }

    @Test func `that leaves the link to a transfer has the rate that the transfer filled it at`() throws {
        try record(seconds: 30, idle: 10..<22.5, others: Self.download)
        let result = try derive()
        let trace = try #require(result.traces.first)
        #expect(abs(rate(trace, .down, 15, 20) / 1e6 - 1) < 0.01)
        // The uplink, which the transfer does not use, keeps its rate. The transfer's queue is no part of the path's
        // own delay.
        #expect(abs(rate(trace, .up, 15, 20) / Self.upRate - 1) < 0.03)
        #expect(abs(rate(trace, .down, 24, 28) / Self.downRate - 1) < 0.01)
        #expect(trace.samples.allSatisfy { abs($0.down.delay.milliseconds - 20) < 0.5 })
    }

    @Test func `is scaled up where the link was busy for a part of the time`() throws {
        try record(seconds: 20, idle: 18..<19, demand: { (8..<12).contains($0) ? 0.7 : 1 })
        let trace = try #require(try derive().traces.first)
        #expect(abs(rate(trace, .down, 9, 11) / Self.downRate - 1) < 0.03)
        #expect(abs(rate(trace, .down, 2, 7) / Self.downRate - 1) < 0.01)
    }

    @Test func `has a queue that holds at least what was seen to wait`() throws {
        try record(seconds: 20, queue: 0.5, idle: 10..<12, demand: { (14..<15).contains($0) ? 0.7 : 1 })
        let trace = try #require(try derive().traces.first)
        #expect(abs(trace.queueDown.bytes - 125_000) <= 2 * 1400)
        // What waited is less than the queue that every path is assumed to have.
        #expect(trace.queueUp == ByteCount(64_000))
    }

    @Test(arguments: [nil, 5..<7])
    func `has the queue behind which datagrams were lost, however small, and says where none were`(
        losses: Range<Double>?
    ) throws {
        try record(
            seconds: 20, idle: 10..<12, demand: { (14..<15).contains($0) ? 0.7 : 1 }, losses: losses)
        let derivation = try derive()
        let trace = try #require(derivation.traces.first)
        // A fifth of a second, which is less than the queue that every path is assumed to have.
        let expected: Int64 = losses == nil ? 64_000 : 50_000
        #expect(abs(trace.queueDown.bytes - expected) <= 2 * 1400, "\(trace.queueDown)")
        let notes = derivation.notes.filter { $0.hasPrefix("wwan0: the size of the downlink's queue is not known; ") }
        #expect(notes.count == (losses == nil ? 1 : 0), "\(derivation.notes)")
    }

    @Test func `carries nothing while it stops, and half a datagram more before and after`() throws {
        try record(
            seconds: 20, idle: 17..<18.5, demand: { (2..<3).contains($0) ? 0.7 : 1 }, outage: 8..<14)
        let curve = try #require(try derive().traces.first).curve(.down)
        #expect(curve.carried(from: .milliseconds(8100), to: .milliseconds(13_900)) == 0)
        // The bytes include the replies to 20 echoes.
        let around = curve.carried(from: .milliseconds(7000), to: .milliseconds(15_000)) - 20 * 60
        #expect(abs(around - 2 * Self.downRate / 8) < Double(Self.datagram), "\(around)")
    }

    /// - Parameters:
    ///   - end: the instant from which on nothing arrives.
    ///   - gone: when the address goes.
    private func recordSilence(from end: Double, gone: Double) throws -> PathTrace {
        try record(
            seconds: gone + 6, idle: 5..<6.5, demand: { (2..<3).contains($0) ? 0.7 : 1 }, end: end)
        func line(_ second: Double, isThere: Bool) -> String {
            let time = PacketMaker.start * 1_000_000_000 + Int64(second * 1e9)
            return "{\"time_ns\": \(time), \"interface\": \"wwan0\", \"kind\": \"address\", "
                + "\"address\": \"10.0.0.2/24\", \"there\": \(isThere)}\n"
        }
        try scratch.write("walk.events.jsonl", line(0, isThere: true) + line(gone, isThere: false))
        return try #require(try derive().traces.first)
    }

    @Test func `carries nothing when nothing has come for a while until the address goes`() throws {
        let trace = try recordSilence(from: 13, gone: 14.5)
        #expect(trace.attachments.map(\.attached) == [true, false])
        for direction in [Traces.Direction.down, .up] {
            let curve = trace.curve(direction)
            #expect(curve.carried(from: .milliseconds(13_100), to: .milliseconds(14_500)) == 0, "\(direction)")
            let least = 0.99 * 2 * (direction == .down ? Self.downRate : Self.upRate) / 8
            #expect(curve.carried(from: .milliseconds(10_500), to: .milliseconds(12_500)) > least, "\(direction)")
        }
    }

    @Test func `is not taken for dead where nothing has come for so long that the server may be gone`() throws {
        let trace = try recordSilence(from: 13, gone: 26)
        #expect(abs(rate(trace, .down, 15, 25) / Self.downRate - 1) < 0.02)
    }

    @Test func `has of a second the rate of what is known of it, where that is a fifth or more`() throws {
        // From 10 s on the downlink has half its rate. 0.4 s of that second are known; in half of them what had waited
        // arrives.
        try record(
            seconds: 20, idle: 10.2..<11.3, demand: { (2..<3).contains($0) ? 0.7 : 1 },
            capacity: { $0 < 10.02 ? 1 : 0.5 })
        let trace = try #require(try derive().traces.first)
        #expect(abs(rate(trace, .down, 10, 11) / (Self.downRate / 2) - 1) < 0.05)
    }

    @Test func `with numbers that no clock can have is no probe's`() throws {
        var capture = try CaptureMaker(scratch.file("walk.pcapng"), name: "wwan0")
        let huge = UInt64.max
        let feedback = ProbeMessage.Feedback(
            latest: huge, latestSent: 0, packets: huge, ipBytes: huge, time: huge, held: .max)
        for index in 0..<20 {
            for message in [
                ProbeMessage.data(session: 1, number: huge - UInt64(index), time: huge, feedback),
                .feedback(session: huge, feedback), .echoReply(session: 1, number: huge, time: huge),
            ] {
                let (bytes, length) = packet(message, outbound: false)
                try capture.add(bytes, at: Double(index), outbound: false, length: length)
            }
            let (bytes, length) = packet(.idle(session: 1, milliseconds: .max), outbound: true)
            try capture.add(bytes, at: Double(index), outbound: true, length: length)
        }
        try capture.finish()
        let report = try #require(try derive().reports.first)
        #expect(report.saturatedDown == nil)
        #expect(report.meanUp == .zero)
    }
}
