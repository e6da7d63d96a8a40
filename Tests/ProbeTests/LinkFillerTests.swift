// SPDX-License-Identifier: Apache-2.0
import Determinism
import ProbeFormat
import Quantities
import Testing

@testable import Probe

/// One direction of a path. Packets leave at the rate of the moment, at most `queue` bytes wait, and packets that do
/// not fit are lost.
private struct SimulatedLink {
    /// Bytes per second at an instant.
    let rate: (Int64) -> Double
    let queue: Double
    let delay: Int64
    private var waiting: [(message: ProbeMessage, bytes: Int)] = []
    private var backlog = 0.0
    private var credit = 0.0
    private var flying: [(time: Int64, message: ProbeMessage, bytes: Int)] = []
    private(set) var carried = 0.0
    private(set) var possible = 0.0
    /// The most bytes that have waited at a time.
    private(set) var longest = 0.0

    init(rate: @escaping (Int64) -> Double, queue: Double, delay: Int64) {
        self.rate = rate
        self.queue = queue
        self.delay = delay
    }

    mutating func enter(_ message: ProbeMessage) {
        let bytes = message.datagramSize + 28
        guard backlog + Double(bytes) <= queue else { return }
        waiting.append((message, bytes))
        backlog += Double(bytes)
        longest = max(longest, backlog)
    }

    mutating func arrivals(at now: Int64, after span: Int64) -> [(message: ProbeMessage, bytes: Int)] {
        let bytes = rate(now) * Double(span) / 1e9
        possible += bytes
        credit = waiting.isEmpty ? 0 : credit + bytes
        while let first = waiting.first, credit >= Double(first.bytes) {
            credit -= Double(first.bytes)
            backlog -= Double(first.bytes)
            carried += Double(first.bytes)
            waiting.removeFirst()
            flying.append((now + delay, first.message, first.bytes))
        }
        let count = flying.prefix { $0.time <= now }.count
        defer { flying.removeFirst(count) }
        return flying.prefix(count).map { ($0.message, $0.bytes) }
    }
}

@Suite struct `Two ends of a probe` {
    struct Path: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Mb/s of the downlink at an instant in milliseconds; the uplink has a third.
        let megabits: @Sendable (Int64) -> Double
        /// In bytes.
        let queue: Double
        let delay = Duration.milliseconds(15)
        /// The share of its capacity that the downlink carries at least.
        var share = 0.95
    }

    private static let steps = (0..<300).map { index in
        var generator = SplitMix64(seed: UInt64(index))
        let share = Double(generator.next(below: 1000)) / 1000
        return 0.5 + 20 * share * share
    }

    static let paths = [
        Path(testDescription: "steady", megabits: { _ in 10 }, queue: 125_000),
        Path(testDescription: "fast", megabits: { _ in 50 }, queue: 600_000),
        Path(testDescription: "with a queue of a megabyte", megabits: { _ in 5 }, queue: 1e6),
        Path(testDescription: "another every second", megabits: { steps[Int($0 / 1000)] }, queue: 250_000),
        Path(testDescription: "another every 100 ms", megabits: { steps[Int($0 / 100) % 300] }, queue: 250_000),
        Path(
            testDescription: "with outages of four seconds", megabits: { $0 / 1000 % 12 >= 8 ? 0 : 15 },
            queue: 190_000),
        Path(
            testDescription: "slow, with queues of seconds",
            megabits: { 0.3 + 0.6 * steps[Int($0 / 500) % 300] / 20.5 },
            // Answers take seconds there, and a wrong window stays wrong for as long. With feedback that is 0 to 32
            // bytes longer the share is between 0.907 and 0.947, in no order.
            queue: 300_000, share: 0.9),
    ]

    /// Runs both ends. The first three seconds are left out of the result: the ends need them to find out what there
    /// is.
    ///
    /// - Parameter relay: the time after which another session has told each end what the other end received; nil if
    ///   there is no other session.
    /// - Returns: the share of its capacity that each direction carried.
    private static func run(
        _ down: inout SimulatedLink, _ up: inout SimulatedLink, for milliseconds: Int64, relay: Int64? = nil
    ) -> (down: Double, up: Double) {
        // The two clocks are independent of each other.
        let offset: Int64 = 777_000_000_000
        let rate = DataRate(bitsPerSecond: 1e9)
        var client = ProbeEndpoint(session: 1, sendsEchoes: true, rate: rate, at: 0)
        var server = ProbeEndpoint(session: 1, sendsEchoes: false, rate: rate, at: offset)
        let step: Int64 = 1_000_000
        if relay != nil {
            client.others = [2: LinkReceiver(at: 0)]
            server.others = [2: LinkReceiver(at: offset)]
        }
        var before = (down: (0.0, 0.0), up: (0.0, 0.0))
        var relayed: [(time: Int64, ofServer: ProbeMessage.Feedback, ofClient: ProbeMessage.Feedback)] = []
        for tick in 0..<milliseconds {
            let now = tick * step
            client.act(at: now) {
                up.enter($0)
                return true
            }
            server.act(at: now + offset) {
                down.enter($0)
                return true
            }
            for (message, bytes) in down.arrivals(at: now, after: step) {
                client.take(message, ipBytes: bytes, at: now)
            }
            for (message, bytes) in up.arrivals(at: now, after: step) {
                server.take(message, ipBytes: bytes, at: now + offset)
            }
            if let relay {
                var (far, near) = (server.receiver, client.receiver)
                if tick % 100 == 0 {
                    relayed.append((now + relay, far.feedback(at: now + offset), near.feedback(at: now)))
                }
                if let first = relayed.first, first.time <= now {
                    client.take(relayed: first.ofServer, at: now)
                    server.take(relayed: first.ofClient, at: now + offset)
                    relayed.removeFirst()
                }
            }
            if tick == 3000 { before = ((down.carried, down.possible), (up.carried, up.possible)) }
        }
        return (
            (down.carried - before.down.0) / (down.possible - before.down.1),
            (up.carried - before.up.0) / (up.possible - before.up.1)
        )
    }

    @Test(arguments: paths) func `keep the link full, and its queue bounded`(path: Path) {
        func link(_ share: Double) -> SimulatedLink {
            SimulatedLink(
                rate: { path.megabits($0 / 1_000_000) * 125_000 * share }, queue: path.queue * max(share, 0.5),
                delay: path.delay.wholeNanoseconds)
        }
        var (down, up) = (link(1), link(1.0 / 3))
        let share = Self.run(&down, &up, for: 24_000)
        #expect(share.down > path.share, "downlink \(share.down)")
        #expect(share.up > 0.95, "uplink \(share.up)")
        // The longest time that an answer is assumed to take, and a fifth of a second, at the highest rate.
        let most = (0..<24_000).map { path.megabits(Int64($0)) }.max() ?? 0
        #expect(down.longest <= most * 125_000 * 1.7)
    }

    @Test(arguments: paths) func `fill a queue whole for once where answers come another way too`(path: Path) {
        func link(_ share: Double) -> SimulatedLink {
            SimulatedLink(
                rate: { path.megabits($0 / 1_000_000) * 125_000 * share }, queue: path.queue * max(share, 0.5),
                delay: path.delay.wholeNanoseconds)
        }
        var (down, up) = (link(1), link(1.0 / 3))
        let share = Self.run(&down, &up, for: 40_000, relay: 100_000_000)
        #expect(share.down > path.share, "downlink \(share.down)")
        #expect(share.up > 0.95, "uplink \(share.up)")
        #expect(down.longest > path.queue - 2000)
        // The queue of the slow path's uplink has room for more than four seconds.
        let rate = (5000..<15_000).map { path.megabits(Int64($0)) * 125_000 / 3 }.reduce(0, +) / 10_000
        #expect(up.longest > min(path.queue / 2 - 2000, 4 * rate))
    }

    @Test func `keep the uplink full by what another session says while the downlink's queue holds its answers back`() {
        func shares(relay: Int64?) -> (down: Double, up: Double) {
            // What waits when the downlink's rate collapses takes twelve seconds.
            var down = SimulatedLink(
                rate: { ($0 / 1_000_000_000 % 16 < 4 ? 20 : 0.3) * 125_000 }, queue: 500_000, delay: 15_000_000)
            var up = SimulatedLink(
                rate: { (1 + 2 * Self.steps[Int($0 / 500_000_000) % 300] / 20.5) * 125_000 }, queue: 250_000,
                delay: 15_000_000)
            return Self.run(&down, &up, for: 48_000, relay: relay)
        }
        let alone = shares(relay: nil)
        let together = shares(relay: 300_000_000)
        #expect(alone.up < 0.9, "uplink \(alone.up)")
        #expect(together.up > 0.95, "uplink \(together.up)")
        // The downlink has four seconds each time to find out what there is. Alone it had the uplink's queue for
        // itself.
        #expect(together.down > 0.7, "downlink \(together.down)")
    }

    @Test func `find out at once that what was sent last is lost, however long answers have taken`() throws {
        let millisecond: Int64 = 1_000_000
        var filler = LinkFiller(at: 0)
        var sent: [Int64] = []
        func send(at now: Int64) {
            while filler.maySend(at: now) {
                filler.send(at: now)
                sent.append(now)
            }
        }
        func answer(_ latest: Int, packets: UInt64, held: Int64, at now: Int64) {
            filler.take(
                ProbeMessage.Feedback(
                    latest: UInt64(latest), latestSent: UInt64(sent[latest - 1]), packets: packets, ipBytes: 0,
                    time: UInt64(now), held: UInt32(held)), at: now)
        }
        for tick in Int64(0)..<100 { send(at: tick * millisecond) }
        let window = sent.count
        // The first datagram was answered after 100 ms, the others a second later. What was sent after these is lost.
        answer(1, packets: 1, held: 0, at: 100 * millisecond)
        for tick in Int64(100)..<150 { send(at: tick * millisecond) }
        let arrived: Int64 = 1100
        answer(window, packets: UInt64(window), held: 0, at: arrived * millisecond)
        for tick in arrived..<arrived + 50 { send(at: tick * millisecond) }
        let before = sent.count
        #expect(filler.inFlight >= 15)
        // Three of these round trips would be three seconds.
        for tick in stride(from: arrived + 50, to: arrived + 500, by: 5) {
            answer(
                window, packets: UInt64(window), held: (tick - arrived) * millisecond, at: tick * millisecond)
            send(at: tick * millisecond)
        }
        let first = try #require(sent.dropFirst(before).first)
        // 15 arrived in a second, so four times their interval is 267 ms, and none could have arrived in the first
        // 100 ms.
        #expect((arrived + 365...arrived + 375).contains(first / millisecond), "\(first)")
        #expect((5...8).contains(sent.count - before), "\(sent.count - before)")
        answer(sent.count, packets: UInt64(window) + 1, held: 0, at: (arrived + 510) * millisecond)
        #expect(!filler.isSilent(at: (arrived + 520) * millisecond))
    }

    @Test func `say what other sessions have received, when there is something new and not too often`() throws {
        var endpoint = ProbeEndpoint(session: 1, sendsEchoes: false, rate: DataRate(bitsPerSecond: 1e9), at: 0)
        var other = LinkReceiver(at: 0)
        var said: [(time: Int64, of: UInt64, latest: UInt64)] = []
        for tick in Int64(0)..<1000 {
            let now = tick * 1_000_000
            // Half a second of datagrams, one a millisecond.
            if tick < 500 { other.take(number: UInt64(tick + 1), sent: UInt64(now), at: now) }
            endpoint.others = [2: other]
            endpoint.act(at: now) {
                if case .relay(1, let session, let feedback) = $0 { said.append((tick, session, feedback.latest)) }
                return true
            }
        }
        #expect(said.map(\.time) == [0, 100, 200, 300, 400, 500])
        #expect(said.map(\.latest) == [1, 101, 201, 301, 401, 500])
        #expect(said.allSatisfy { $0.of == 2 })
    }

    @Test func `meet where each hears what was said of it, and what the others have received`() {
        let exchange = ProbeExchange()
        var mine = LinkReceiver(at: 0)
        mine.take(number: 7, sent: 1, at: 2)
        #expect(exchange.meet(1, mine).others.isEmpty)
        #expect(exchange.meet(2, LinkReceiver(at: 0)).others.mapValues(\.latest) == [1: 7])
        let feedback = ProbeMessage.Feedback(
            latest: 3, latestSent: 1, packets: 3, ipBytes: 4200, time: 5, held: 0)
        exchange.tell(1, feedback)
        exchange.tell(3, feedback)
        #expect(exchange.meet(1, mine).told == [feedback])
        #expect(exchange.meet(1, mine).told.isEmpty)
        exchange.leave(2)
        #expect(exchange.meet(1, mine).others.isEmpty)
    }

    @Test func `put an idle phase off for a while where it would show nothing`() {
        func length(_ filling: Filling, _ roundTrip: Int64, isAway: Bool = false, delayed: Int64 = 0) -> Int64? {
            ProbeClient.idleLength(
                filling, roundTrip: roundTrip * 1_000_000, isAway: isAway, delayed: delayed * 1_000_000_000
            ).map { $0 / 1_000_000 }
        }
        #expect(length(.datagrams, 400) == 1000)
        #expect(length(.datagrams, 2000) == 3000)
        #expect(length(.datagrams, 2001) == nil)
        #expect(length(.datagrams, 400, isAway: true) == nil)
        #expect(length(.datagrams, 13_000, isAway: true, delayed: 9) == nil)
        #expect(length(.datagrams, 13_000, isAway: true, delayed: 10) == 3000)
        #expect(length(.streams, 8000, isAway: true) == 10_500)
        #expect(length(.streams, 13_000) == 15_000)
    }

    @Test func `are quiet where they are to be idle, but for echoes`() {
        var client = ProbeEndpoint(session: 1, sendsEchoes: true, rate: DataRate(bitsPerSecond: 1e9), at: 0)
        client.goIdle(until: 2_000_000_000)
        var sent: [ProbeMessage] = []
        for tick in Int64(0)..<2000 {
            client.act(at: tick * 1_000_000) {
                sent.append($0)
                return true
            }
        }
        #expect(sent.count == 20)
        #expect(sent.allSatisfy { if case .echo = $0 { true } else { false } })
    }

    @Test func `never exceed their rate`() {
        var server = ProbeEndpoint(session: 1, sendsEchoes: false, rate: .megabitsPerSecond(8), at: 0)
        var bytes = 0
        for tick in Int64(0)..<10_000 {
            let now = tick * 1_000_000
            var last: UInt64?
            server.act(at: now) { message in
                if case .data(_, let number, _, _) = message {
                    bytes += ProbeMessage.dataSize + 28
                    last = number
                }
                return true
            }
            guard let last else { continue }
            // Everything arrives at once.
            let feedback = ProbeMessage.Feedback(
                latest: last, latestSent: UInt64(now), packets: last, ipBytes: 0, time: UInt64(now) + 1, held: 0)
            server.take(.feedback(session: 1, feedback), ipBytes: 88, at: now + 500_000)
        }
        #expect((9_500_000...10_050_000).contains(bytes), "\(bytes)")
    }
}
