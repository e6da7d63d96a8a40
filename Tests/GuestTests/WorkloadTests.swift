// SPDX-License-Identifier: Apache-2.0
import Guest
import KernelTier
import Plans
import Quantities
import Results
import SystemPackage
import Strategies
import Testing
import TestWorkload
import Traces

/// Whole runs of every workload over one steady link, for which the result is known.
@Suite(.kernelTier, .serialized) struct `A workload` {
    /// One steady path of 10 ms each way and queues of 100 kB, so that the round trip is 20 ms and 1 Mb/s is 125 bytes
    /// a millisecond.
    private func execute(
        _ workload: Workload, _ strategy: StrategyName = .tcp(path: "wifi"), down: Double = 8, up: Double = 4,
        seconds: Int = 20, away: Range<Double>? = nil
    ) throws -> (record: RunRecord, series: Series) {
        let directory = FilePath("/dev/walkback")
        let end = Duration.seconds(seconds + 2)
        for (direction, rate) in [("down", down), ("up", up)] {
            let table = LinkTable(
                curve: Curve(rates: [(time: .zero, rate: .megabitsPerSecond(rate))], end: end),
                conditions: [.init(time: .zero, delay: .milliseconds(10), loss: 0)], queue: ByteCount(100_000),
                overhead: .zero)
            let file = try FileDescriptor.open(
                directory.appending("workload.\(direction).link"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(table.encoded()) }
        }
        var attachments = [RunPlan.Attachment(time: .zero, attached: true)]
        if let away {
            attachments += [
                .init(time: .milliseconds(away.lowerBound * 1e3), attached: false),
                .init(time: .milliseconds(away.upperBound * 1e3), attached: true),
            ]
        }
        let path = RunPlan.Path(
            name: "wifi", kind: .wifi, downTable: "workload.down.link", upTable: "workload.up.link",
            attachments: attachments)
        let plan = try RunPlan(
            id: "\(strategy).1", strategy: strategy, seed: 1, paths: [path], offset: .zero,
            duration: .seconds(seconds), workload: workload, transport: Transport(), mobility: Mobility())
        let (record, series) = try RunExecution(plan: plan, directory: directory, clock: .virtual) { _ in }.run()
        #expect(record.verified)
        #expect(record.failure == nil)
        #expect(series.delivered.reduce(0) { $0 + Int64($1) } == record.delivered.bytes)
        #expect(series.others.map { $0.reduce(0) { $0 + Int64($1) } } == record.others.map(\.delivered.bytes))
        return (record, series)
    }

    /// `bytes` as a share of the payload that full-size segments carry at `rate`, in Mb/s, in `seconds`.
    private func share(_ bytes: ByteCount, of rate: Double, seconds: Double = 20) -> Double {
        Double(bytes.bytes) / (rate * 1e6 / 8 * seconds * 1448 / 1500)
    }

    private func requests(_ size: Int64, sigma: Double = 0, think: Duration) -> Workload {
        Workload(pages(size, sigma: sigma, think: think))
    }

    private func pages(_ size: Int64, sigma: Double = 0, think: Duration) -> Workload.Requests {
        var requests = Workload.Requests()
        requests.medianSize = ByteCount(size)
        requests.sigma = sigma
        requests.think = think
        return requests
    }

    private static let builtIn = [
        Workload(), Workload(Workload.Upload()), Workload(Workload.Both()), Workload(Workload.Requests()),
        Workload(Workload.Stream()),
    ]

    // MARK: - Bulk

    @Test(arguments: [StrategyName.tcp(path: "wifi"), .mptcp])
    func `up carries what the uplink does, and no more`(strategy: StrategyName) throws {
        let (record, series) = try execute(Workload(Workload.Upload()), strategy)
        let share = share(record.delivered, of: 4)
        print("upload, \(strategy): \(share) of the uplink")
        #expect(share > 0.95 && share <= 1)
        #expect(record.others.isEmpty && record.exchanges.isEmpty)
        #expect(record.congestionControl == "cubic")
        let up = try #require(series.link("wifi", .up))
        #expect(up.arrived.reduce(0) { $0 + Int64($1) } > record.delivered.bytes)
        #expect(try #require(record.counters["mobile.socket.send_buffer_bytes"]) > 0)
        #expect(try #require(record.counters["server.socket.receive_buffer_bytes"]) > 1_000_000)
        let acknowledged = record.counters["mobile.subflow.wifi.acked_bytes"]
        #expect((acknowledged != nil) == (strategy == .mptcp))
        #expect(record.counters.keys.allSatisfy { !$0.hasPrefix("server.subflow") })
    }

    @Test func `of both directions at once fills them both`() throws {
        let (record, series) = try execute(Workload(Workload.Both()), .mptcp, up: 8)
        let upload = try #require(record.others.first)
        #expect(record.others.count == 1 && upload.name == "upload" && upload.direction == .up && upload.verified)
        let (down, up) = (share(record.delivered, of: 8), share(upload.delivered, of: 8))
        print("both: \(down) of the downlink, \(up) of the uplink")
        // Each direction's acknowledgements wait in the other's queue, so the windows open more slowly than alone.
        #expect(down > 0.8 && down <= 1)
        #expect(up > 0.8 && up <= 1)
        #expect(series.others.count == 1)
        for end in ["mobile", "server"] {
            #expect(try #require(record.counters["\(end).subflow.wifi.acked_bytes"]) > 1_000_000)
        }
    }

    private static let sized = {
        let size = ByteCount(1_000_000)
        return [
            Workload(Workload.Download(size: size)), Workload(Workload.Upload(size: size)),
            Workload(Workload.Both(size: size)),
        ]
    }()

    @Test(arguments: sized)
    func `of a fixed size ends when the last direction has it`(workload: Workload) throws {
        let (record, series) = try execute(workload)
        let isBoth = workload.directions.count == 2
        #expect(record.delivered.bytes == 1_000_000)
        #expect(record.others.map(\.delivered.bytes) == (isBoth ? [1_000_000] : []))
        // 1.036 MB on the wire take 1.04 s at 8 Mb/s and 2.07 s at 4 Mb/s, and a few round trips more.
        let least = workload.directions == [.down] ? 1.04 : 2.07
        #expect(record.measured > .seconds(least) && record.measured < .seconds(least + (isBoth ? 0.4 : 0.2)))
        #expect(series.delivered.count == Int(record.measured / Series.binWidth))
        #expect(record.events.count { $0.kind == "complete" } == 1)
    }

    // MARK: - Exchanges

    @Test func `of requests completes each after what its link and round trip take`() throws {
        let (record, series) = try execute(requests(100_000, think: .milliseconds(500)))
        let exchanges = record.exchanges
        // 100 kB are 69 full segments and one of 88 bytes: 69 x 1500 + 140 bytes at 1 MB/s. Before that come a round
        // trip and the request, 108 bytes at 0.5 MB/s.
        let least = 0.020 + 0.000216 + 0.103640
        // Then the window of 10 segments waits once for its first acknowledgement: for less than a round trip.
        let most = least + 0.020
        let done = exchanges.filter { $0.end != nil }
        #expect(exchanges.count - done.count <= 1)
        #expect(done.count >= 30)
        for (index, exchange) in done.enumerated() {
            let taken = (try #require(exchange.end) - exchange.start).seconds
            // The first exchange begins with its connection.
            let handshake = index == 0 ? 0.020 : 0
            #expect(taken > least + handshake && taken < most + handshake, "exchange \(index): \(taken) s")
            #expect(exchange.size == ByteCount(100_000))
            #expect(try #require(exchange.end).wholeNanoseconds % 10_000_000 != 0)
        }
        for (one, next) in zip(exchanges, exchanges.dropFirst()) {
            let think = next.start - (try #require(one.end))
            #expect((.milliseconds(500)...(.milliseconds(500) + .microseconds(10))).contains(think))
        }
        #expect(record.delivered.bytes >= Int64(done.count) * 100_000)
        #expect(series.delivered.contains(0))
    }

    @Test func `of requests without thought asks again at once, for what the seed says`() throws {
        let pages = pages(20_000, sigma: 1, think: .zero)
        let (record, _) = try execute(Workload(pages), .mptcp, seconds: 10)
        var sizes = ResponseSizes(pages, seed: 1)
        #expect(record.exchanges.count > 50)
        #expect(record.exchanges.map(\.size) == record.exchanges.map { _ in sizes.next() })
        for (one, next) in zip(record.exchanges, record.exchanges.dropFirst()) { #expect(one.end == next.start) }
    }

    /// 10 kB are seven full segments with 52 bytes of headers each. MPTCP takes 28 bytes more, and therefore an eighth
    /// segment.
    @Test(arguments: [(StrategyName.tcp(path: "wifi"), 7 * 52), (.mptcp, 8 * 80)])
    func `of frames misses nothing on a link that is faster`(strategy: StrategyName, headers: Int) throws {
        let (record, _) = try execute(Workload(Workload.Stream()), strategy)
        let frames = record.exchanges
        let first = try #require(frames.first?.start.seconds)
        // The connection's round trip, and half a round trip until the request arrives.
        #expect(first > 0.030 && first < 0.035)
        #expect(frames.count == Int((20 - first) / 0.04) + 1)
        #expect(frames.count { $0.end == nil } <= 1)
        for (index, frame) in frames.enumerated() {
            #expect(frame.size == ByteCount(10_000))
            #expect(abs(frame.start.seconds - first - 0.04 * Double(index)) < 1e-6)
            guard let end = frame.end else { continue }
            let taken = (end - frame.start).seconds
            // A bare acknowledgement of the request, of at most 80 bytes, leaves before the first frame.
            let beyond = taken - 0.010 - Double(10_000 + headers) / 1e6
            #expect(beyond > -2e-6 && beyond < (index == 0 ? 82e-6 : 2e-6), "frame \(index): \(taken) s")
        }
        let summary = ExchangeSummary(frames, end: .seconds(20), deadline: .milliseconds(400))
        #expect(summary.deadlineMisses == 0)
    }

    @Test func `of frames falls behind on a link that is slower, and misses more and more`() throws {
        let (record, _) = try execute(Workload(Workload.Stream()), down: 1.6)
        let frames = record.exchanges
        let misses = frames.map { ($0.end ?? .seconds(20)) - $0.start > .milliseconds(400) }
        let half = misses.count / 2
        print(
            "slow stream: \(misses.count { $0 }) of \(misses.count) missed, \(misses[..<half].count { $0 }) in "
                + "the first half"
        )
        // At 1.544 Mb/s of payload each frame falls 11.8 ms further behind than the one before, so all are late from
        // about the 34th on.
        #expect(misses[60..<(misses.count - 10)].allSatisfy { $0 })
        #expect(misses[..<20].allSatisfy { !$0 })
        let done = frames.compactMap { frame in frame.end.map { $0 - frame.start } }
        #expect(zip(done, done[50...]).allSatisfy { $0 < $1 })
        let behind = try #require(done.last).seconds
        #expect(abs(behind - 20 * (1 - 1.6 * 1448 / 1500 / 2)) < 0.5)
        #expect(share(record.delivered, of: 1.6) > 0.95)
    }

    // MARK: - A kind that is not built in

    /// Answers of two segments every 5 ms, which is less than the round trip, and once 50 of them at the same time.
    private let polls = Polls(
        answer: ByteCount(2000), every: .milliseconds(5), burst: 50, burstAt: .milliseconds(5002),
        deadline: .milliseconds(80))

    @Test(arguments: [StrategyName.tcp(path: "wifi"), .mptcp])
    func `of somebody else's asks when it says, whether all has arrived or not`(strategy: StrategyName) throws {
        let (record, _) = try execute(Workload(polls), strategy)
        let exchanges = record.exchanges
        #expect(exchanges.count == 20_000 / 5 + 50)
        let first = try #require(exchanges.first?.start)
        #expect(first < .microseconds(10))
        let burst = exchanges.filter { $0.start == first + .milliseconds(5002) }
        #expect(burst.count == 50)
        let due = (0..<4000).map { first + .milliseconds(5 * $0) }
        #expect(exchanges.filter { $0.start != first + .milliseconds(5002) }.map(\.start) == due)
        #expect(exchanges.allSatisfy { $0.size == ByteCount(2000) })
        // A round trip; the request's 108 bytes at 0.5 MB/s, 28 bytes more with MPTCP; two segments with 52 bytes of
        // headers each at 1 MB/s.
        let least = 0.020 + 0.000216 + 0.002104
        // What is due before there is a connection waits for it, and the burst fills the link for 0.1 s.
        for exchange in exchanges where exchange.start > .milliseconds(100) {
            if (5.0...5.5).contains(exchange.start.seconds) || exchange.start > .seconds(19.9) { continue }
            let taken = (try #require(exchange.end) - exchange.start).seconds
            #expect(taken > least && taken < least + 0.002, "at \(exchange.start): \(taken) s")
        }
        let ends = try exchanges.dropLast(20).map { try #require($0.end) }
        #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 <= $1 })
        let last = try #require(burst.last?.end) - first - .milliseconds(5002)
        #expect(last > .milliseconds(120) && last < .milliseconds(350))
        let summary = ExchangeSummary(exchanges, end: .seconds(20), deadline: polls.lateAfter)
        let late = exchanges.filter { ($0.end ?? .seconds(20)) - $0.start > .milliseconds(80) }
        print("polls, \(strategy): the burst took \(last), \(late.count) of \(exchanges.count) were late")
        #expect(summary.deadlineMisses == late.count && late.count > 10)
        #expect(late.allSatisfy { (5.0...5.5).contains($0.start.seconds) })
    }

    /// What was due during the outage is asked for when there is a connection again, and every byte is right.
    @Test(arguments: [StrategyName.tcpReconnect(path: "wifi"), .tcp(path: "wifi"), .mptcp])
    func `of somebody else's catches up after an outage`(strategy: StrategyName) throws {
        let (record, _) = try execute(Workload(polls), strategy, away: 5.05..<6)
        #expect(record.exchanges.count == 20_000 / 5 + 50)
        let during = record.exchanges.filter { $0.start > .seconds(5.06) && $0.start < .seconds(5.99) }
        #expect(during.count > 180)
        for exchange in during { #expect(try #require(exchange.end) > .seconds(6)) }
        let after = record.exchanges.filter { $0.start > .seconds(15) && $0.start < .seconds(19.9) }
        #expect(after.count == 980)
        for exchange in after { #expect(try #require(exchange.end) - exchange.start < .milliseconds(30)) }
    }

    // MARK: - Interruptions

    @Test(arguments: builtIn)
    func `resumes in the middle over another connection, with no wrong byte`(workload: Workload) throws {
        let isPages = workload.kind is Workload.Requests
        let workload = isPages ? requests(2_000_000, think: .milliseconds(100)) : workload
        let (record, series) = try execute(workload, .tcpReconnect(path: "wifi"), away: 5.05..<8)
        #expect(record.events.count { $0.kind == "connected" } == 2)
        for column in [series.delivered] + series.others {
            #expect(column[520..<800].allSatisfy { $0 == 0 })
            #expect(column[..<505].contains { $0 > 0 })
            // One round trip for the connection and one for the request or the server's answer, then data.
            #expect(try #require(column.indices.first { $0 >= 800 && column[$0] > 0 }) <= 806)
        }
        if isPages {
            // Responses were complete before the outage, one was under way, and others followed.
            let cut = try #require(record.exchanges.first { $0.start < .seconds(5) && ($0.end ?? .zero) > .seconds(8) })
            #expect(cut.size == ByteCount(2_000_000))
            #expect(record.exchanges.count { ($0.end ?? .seconds(20)) < .seconds(5) } >= 1)
            #expect(record.exchanges.contains { $0.start > .seconds(8) && $0.end != nil })
        } else if workload.kind is Workload.Stream {
            // What had queued up in the outage came first, in order, and then the stream was on time again.
            let late = record.exchanges.filter { $0.start > .seconds(5.1) && $0.start < .seconds(7.9) }
            #expect(late.count >= 69)
            #expect(late.allSatisfy { ($0.end ?? .zero) > .seconds(8) })
            let after = record.exchanges.filter { $0.start > .seconds(15) && $0.start < .seconds(19) }
            #expect(after.count >= 95)
            #expect(after.allSatisfy { $0.end.map { $0 } ?? .seconds(20) < $0.start + .milliseconds(400) })
        } else {
            #expect(record.exchanges.isEmpty)
        }
    }

    @Test(arguments: builtIn)
    func `carries on over its one connection where the kernel does`(workload: Workload) throws {
        let (record, series) = try execute(workload, away: 5.05..<6)
        #expect(record.events.count { $0.kind == "connected" } == 1)
        for column in [series.delivered] + series.others { #expect(column[1000...].contains { $0 > 0 }) }
    }
}
