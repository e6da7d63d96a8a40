// SPDX-License-Identifier: Apache-2.0
import Link
import Quantities
import Testing
import Traces

extension LinkTests {
    private static func table(_ rates: [(time: Duration, rate: DataRate)], end: Duration) -> LinkTable {
        LinkTable(
            curve: Curve(rates: rates, end: end), conditions: [.init(time: .zero, delay: .milliseconds(5), loss: 0)],
            queue: ByteCount(100_000), overhead: .zero)
    }

    @Test("an outage longer than fq's usual horizon of 10 s keeps what is queued", arguments: [15, 3600])
    func longOutage(seconds: Int) throws {
        let end = 1 + seconds
        let table = Self.table(
            [
                (.zero, .megabitsPerSecond(10)), (.seconds(1), .zero), (.seconds(end), .megabitsPerSecond(10)),
            ], end: .seconds(end + 5))
        let rig = try Rig(table, span: .seconds(1), packets: 1000)
        for packet in 0..<60 {
            rig.sleep(until: 950_000_000 + Int64(packet) * 2_000_000)
            for _ in 0..<2 { try rig.send(length: 1200) }
        }
        rig.sleep(until: Int64(end + 4) * 1_000_000_000)
        let outcome = try Outcome(rig, table: table)
        try outcome.check(rig)
        #expect(outcome.departures.filter { $0.time > Int64(end) * 1_000_000_000 }.count > 50)
        print("outage of \(seconds) s: \(outcome.summary)")
    }

    @Test("a packet that fq could not keep is refused, not charged")
    func beyondHorizon() throws {
        let table = Self.table(
            [(.zero, .megabitsPerSecond(1)), (.seconds(1), .zero), (.seconds(5000), .megabitsPerSecond(1))],
            end: .seconds(5010))
        let rig = try Rig(table, span: .seconds(1), packets: 1000)
        for time in [0, 999_000_000, 1_500_000_000, 800_000_000_000, 5_001_000_000_000] as [Int64] {
            rig.sleep(until: time)
            try rig.send(length: 1000)
        }
        rig.sleep(until: 5_009_000_000_000)
        let outcome = try Outcome(rig, table: table)
        try outcome.check(rig)
        #expect(outcome.counts.droppedBeyondEnd.packets == 2)
        #expect(outcome.counts.arrived.packets == 3)
    }

    @Test("detaching loses the backlog and counts it, and a link that returns starts empty")
    func detach() throws {
        // 100 kB take 8 s to drain.
        let table = Self.table([(.zero, .megabitsPerSecond(0.1))], end: .seconds(60))
        let rig = try Rig(table, span: .seconds(20), packets: 1000)
        rig.sleep(until: 1_000_000_000)
        for _ in 0..<50 { try rig.send(length: 1000) }
        // 12 packets have left the bottleneck, one every 80 ms. The last one left at 1.960 s and has 5 ms of delay.
        rig.sleep(until: 2_000_000_000)
        #expect(rig.link.counters.arrived.packets == 12)
        rig.link.detach()
        #expect(rig.link.counters.droppedDetached.packets == 38)
        // The qdisc still holds what is already lost.
        rig.sleep(until: 2_500_000_000)
        try rig.send(length: 700)
        try rig.emptyQueue()
        rig.sleep(until: 3_000_000_000)
        rig.link.attach()
        rig.sleep(until: 3_501_000_000)
        try rig.send(length: 1000)
        rig.sleep(until: 4_000_000_000)

        let counters = rig.link.counters
        #expect(counters.arrived.packets == 13)
        #expect(counters.droppedDetached.packets == 39)
        #expect(counters.droppedDetached.bytes == ByteCount(38_700))
        #expect(counters.offered.packets == 52)
        var model = LinkModel(table: table)
        let returned = try #require(rig.offered.last)
        guard case .departs(let departure) = model.offer(at: returned.time, length: 1000) else {
            Issue.record("the model drops the packet")
            return
        }
        // 1/256 byte takes 312.5 ns.
        #expect(abs(departure - returned.time - 85_000_000) <= 313)
        #expect((0...20_000).contains(try #require(rig.arrived.last).time - departure))
        #expect(try rig.queueViolations() == 0)

        let series = rig.link.series()
        #expect(series.dropped[200] == 38_000)
        #expect(series.dropped[250] == 700)
        // Idle before the first packet, busy from it until the detachment, idle until the first packet after the
        // return, busy for 80 ms, idle from then on.
        let busy = series.idle.indices.filter { !series.idle[$0] }
        // The first packet meets the beginning of bin 100, or misses it by the clock's resolution.
        let first = try #require(rig.offered.first).time
        #expect((1_000_000_000...1_000_001_000).contains(first))
        #expect(busy == Array((first == 1_000_000_000 ? 100 : 101)..<200) + Array(351..<358))
    }

    @Test("steps of 1 ms over two hours are exact to the end")
    func twoHours() throws {
        let count = 7_200_000
        var random = SeededGenerator(seed: 42)
        let file = try MemoryFile([])
        func write(_ words: [UInt64]) throws { try file.append(words.withUnsafeBytes { Array($0) }) }
        let queue = Curve.Position(ByteCount(100_000)).units
        try write([LinkTable.magic, UInt64(count) + 1, 1, 0, queue, 0])
        var position: UInt64 = 0
        var ending: [Curve.Point] = []
        var words: [UInt64] = [0, 0]
        for millisecond in 1...count {
            // 0 to 16 Mb/s, and nothing in a quarter of the steps.
            let bits = random.next()
            position += bits & 3 == 0 ? 0 : bits >> 40 & 0x7ffff
            words.append(UInt64(millisecond) * 1_000_000)
            words.append(position)
            if millisecond >= count - 3000 {
                ending.append(.init(time: Int64(millisecond) * 1_000_000, position: .init(units: position)))
            }
            if words.count > 100_000 {
                try write(words)
                words.removeAll(keepingCapacity: true)
            }
        }
        try write(words + [0, 1_000_000, 0])

        let rig = try Rig(file, span: .seconds(7200), packets: 10_000)
        for _ in 0..<20 { try rig.send(length: 1000) }
        for millisecond in stride(from: 0, to: 2900, by: 1) {
            rig.sleep(until: 7_197_100_000_000 + Int64(millisecond) * 1_000_000)
            try rig.send(length: Int.random(in: 29...1500, using: &random))
        }
        rig.sleep(until: 7_201_000_000_000)

        // The model's curve is flat before `ending`, so the model covers only packets of the last 3 s.
        var model = LinkModel(
            table: LinkTable(
                curve: Curve(shape: .linear, points: ending),
                conditions: [.init(time: .zero, delay: .milliseconds(1), loss: 0)], queue: ByteCount(100_000),
                overhead: .zero))
        var departures: [Int64] = []
        for packet in rig.offered.dropFirst(20) {
            if case .departs(let time) = model.offer(at: packet.time, length: packet.length) { departures.append(time) }
        }
        let arrived = rig.arrived.dropFirst(20).map(\.time)
        #expect(arrived.count == departures.count)
        #expect(departures.count > 1000)
        let worst = zip(arrived, departures).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= 20_000)
        print("two hours at 1 ms: \(departures.count) packets in the last 3 s, worst deviation \(worst) ns")
    }
}
