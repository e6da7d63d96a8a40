// SPDX-License-Identifier: Apache-2.0
import Link
import Quantities
import Testing
import Traces

extension LinkTests {
    /// A link under random packets at random instants.
    struct Load: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let seed: UInt64
        var shape = Curve.Shape.linear
        /// The delay of each condition; drawn again for each if `varying`.
        var delay = Duration.milliseconds(10)
        var varying = false
        var loss = 0.0
        var queue = ByteCount(60_000)
        var overhead = ByteCount.zero
        var jitter = Duration.zero

        /// A table of five seconds. A part of what is sent in the last second never leaves.
        func table() -> LinkTable {
            var random = SeededGenerator(seed: seed)
            var conditions: [LinkTable.Condition] = []
            for step in 0..<100 {
                let delay = varying ? .microseconds(Int.random(in: 1...60_000, using: &random)) : delay
                conditions.append(.init(time: .milliseconds(50 * step), delay: delay, loss: step % 3 == 1 ? 0 : loss))
            }
            return LinkTable(curve: curve(&random), conditions: conditions, queue: queue, overhead: overhead)
        }

        private func curve(_ random: inout SeededGenerator) -> Curve {
            var time = Duration.zero
            switch shape {
            case .linear:
                var rates: [(time: Duration, rate: DataRate)] = []
                while time < .seconds(5) {
                    let stalled = Int.random(in: 0..<5, using: &random) == 0
                    rates.append((time, .megabitsPerSecond(stalled ? 0 : Double.random(in: 0.01...20, using: &random))))
                    time += .nanoseconds(Int.random(in: 1_000_000...300_000_000, using: &random))
                }
                return Curve(rates: rates, end: .seconds(5))
            case .staircase:
                // Delivery opportunities of 1504 bytes on whole milliseconds, several of them on some.
                var points: [Curve.Point] = []
                var bytes: Int64 = 0
                for millisecond in 1...5000 {
                    let opportunities = max(0, Int.random(in: -3...2, using: &random))
                    guard opportunities > 0 else { continue }
                    bytes += Int64(1504 * opportunities)
                    points.append(.init(time: Int64(millisecond) * 1_000_000, position: .init(ByteCount(bytes))))
                }
                return Curve(shape: .staircase, points: points)
            }
        }
    }

    @Test(
        "every packet reaches the far end when the model says, and only those",
        arguments: [
            Load(testDescription: "linear, 10 ms", seed: 1),
            Load(testDescription: "linear, no delay, seeded jitter", seed: 2, delay: .zero, jitter: .microseconds(437)),
            Load(testDescription: "linear, delay that varies", seed: 3, varying: true),
            Load(testDescription: "linear, loss in two of three 50 ms", seed: 4, loss: 0.1, jitter: .microseconds(3)),
            Load(testDescription: "linear, everything lost in two of three 50 ms", seed: 5, varying: true, loss: 1),
            Load(testDescription: "linear, short queue", seed: 6, queue: ByteCount(6_000)),
            Load(
                testDescription: "staircase of 1504 bytes with 4 bytes of overhead", seed: 7, shape: .staircase,
                overhead: ByteCount(4)),
            Load(
                testDescription: "staircase, delay that varies, loss, short queue", seed: 8, shape: .staircase,
                varying: true, loss: 0.02, queue: ByteCount(10_000), overhead: ByteCount(4)),
        ])
    func packetByPacket(_ load: Load) throws {
        let table = load.table()
        let rig = try Rig(table, jitter: load.jitter, seed: load.seed, span: .seconds(6), packets: 20_000)
        var random = SeededGenerator(seed: load.seed &+ 1000)
        var time: Int64 = 0
        while time < 5_200_000_000 {
            // Mostly small gaps, some bursts of one instant, some pauses in which the link falls idle.
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<20: break
            case 99: time += Int64.random(in: 0...200_000_000, using: &random)
            default: time += Int64.random(in: 0...1_800_000, using: &random)
            }
            rig.sleep(until: time)
            try rig.send(length: Int.random(in: 29...1500, using: &random))
        }
        rig.sleep(until: 8_000_000_000)

        let outcome = try Outcome(rig, table: table, jitter: load.jitter, seed: load.seed)
        try outcome.check(rig)
        #expect(outcome.departures.count > 500)
        #expect(outcome.counts.droppedQueue.packets > 0)
        #expect((outcome.counts.droppedLoss.packets > 0) == (load.loss > 0))
        #expect(outcome.counts.droppedBeyondEnd.packets > 0)
        print("\(load.testDescription): \(outcome.summary)")
    }

    /// What the model says about the packets that a rig saw.
    struct Outcome {
        var departures: [(time: Int64, length: Int)] = []
        var counts = Link.Counters.none
        var lost: [Int64: Int] = [:]
        var dropped: [Int64: Int] = [:]
        var model: LinkModel
        /// The largest deviation of an arrival from its departure, in nanoseconds.
        var worst: Int64 = 0

        init(_ rig: Rig, table: LinkTable, jitter: Duration = .zero, seed: UInt64 = 0) throws {
            model = LinkModel(table: table, jitter: jitter, seed: seed)
            for packet in rig.offered {
                counts.offered.add(packet.length)
                switch model.offer(at: packet.time, length: packet.length) {
                case .departs(let time):
                    departures.append((time, packet.length))
                    counts.arrived.add(packet.length)
                case .lost(let time):
                    counts.droppedLoss.add(packet.length)
                    lost[time / 10_000_000, default: 0] += packet.length
                case .queueFull:
                    counts.droppedQueue.add(packet.length)
                    dropped[packet.time / 10_000_000, default: 0] += packet.length
                case .beyondEnd:
                    counts.droppedBeyondEnd.add(packet.length)
                    dropped[packet.time / 10_000_000, default: 0] += packet.length
                }
            }
            counts.largestPacket = ByteCount(Int64(rig.offered.map(\.length).max() ?? 0))
            worst = zip(rig.arrived, departures).map { abs($0.time - $1.time) }.max() ?? 0
        }

        var summary: String {
            "\(counts.offered.packets) offered, \(counts.arrived.packets) arrived, "
                + "\(counts.droppedQueue.packets) queue, \(counts.droppedLoss.packets) loss, "
                + "\(counts.droppedBeyondEnd.packets) beyond the end; worst deviation \(worst) ns"
        }

        /// Compares everything that can be read from the link with the model.
        func check(_ rig: Rig) throws {
            Self.expectSame(rig.arrived.map(\.length), departures.map(\.length), "lengths, in order of arrival")
            #expect(worst <= 20_000)
            #expect(rig.link.counters == counts)
            #expect(try rig.queueViolations() == 0)

            let series = rig.link.series()
            let bins = series.arrived.count
            var arrived = [UInt32](repeating: 0, count: bins)
            for packet in rig.arrived where packet.time / 10_000_000 < bins {
                arrived[Int(packet.time / 10_000_000)] += UInt32(packet.length)
            }
            Self.expectSame(series.arrived, arrived, "arrived")
            Self.expectSame(series.lost, (0..<bins).map { UInt32(lost[Int64($0)] ?? 0) }, "lost")
            Self.expectSame(series.dropped, (0..<bins).map { UInt32(dropped[Int64($0)] ?? 0) }, "dropped")
            Self.expectSame(series.idle, model.idleBins(bins, from: 0), "idle")
        }

        /// Reports only the first difference, because whole columns would fill the screen.
        private static func expectSame<Value: Equatable>(_ kernel: [Value], _ model: [Value], _ column: Comment) {
            #expect(kernel.count == model.count, column)
            guard let index = zip(kernel, model).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset
            else {
                return
            }
            Issue.record("\(column): [\(index)] is \(kernel[index]), the model says \(model[index])")
        }
    }
}

extension Link.Counters {
    static let none = Link.Counters(
        offered: .init(), droppedQueue: .init(), droppedLoss: .init(), droppedDetached: .init(),
        droppedBeyondEnd: .init(), contended: .init(), arrived: .init(), largestPacket: .zero)
}

extension Link.Count {
    mutating func add(_ length: Int) {
        packets += 1
        bytes += ByteCount(Int64(length))
    }
}
