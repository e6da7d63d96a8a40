import Execution
import KernelTier
import Runs
import SystemPackage
import Testing
import Traces
import Units

/// Whole runs in the guest, over links whose answer is known.
@Suite(.kernelTier, .serialized) struct `A run` {
    /// Two steady paths, 8 and 2 Mb/s, for `seconds`.
    private func execute(
        _ strategy: Strategy, seconds: Int = 10, wifi: [PathTrace.Attachment] = [.init(time: .zero, attached: true)],
        size: ByteCount? = nil, congestionControl: String = "cubic"
    ) throws -> (RunRecord, Series) {
        let directory = FilePath("/dev/walkback")
        var paths: [RunPlan.Path] = []
        for (name, kind, rate, delay) in [("wifi", PathKind.wifi, 8.0, 10), ("cellular", .cellular, 2.0, 30)] {
            for (direction, factor) in [("down", 1.0), ("up", 0.5)] {
                let duration = Duration.seconds(seconds + 2)
                let rates = [(time: Duration.zero, rate: DataRate.megabitsPerSecond(rate * factor))]
                let table = LinkTable(
                    curve: Curve(rates: rates, end: duration),
                    conditions: [.init(time: .zero, delay: .milliseconds(delay), loss: 0)],
                    queue: ByteCount(100_000), overhead: .zero)
                let file = directory.appending("\(name).\(direction).link")
                let descriptor = try FileDescriptor.open(
                    file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
                try descriptor.closeAfter { _ = try descriptor.writeAll(table.encoded()) }
            }
            let attachments = kind == .wifi ? wifi : [.init(time: .zero, attached: true)]
            paths.append(
                .init(
                    name: name, kind: kind, downTable: "\(name).down.link", upTable: "\(name).up.link",
                    attachments: attachments.map { .init(time: $0.time, attached: $0.attached) }))
        }
        var transport = Transport()
        transport.congestionControl = congestionControl
        transport.initialPath = "wifi"
        let plan = RunPlan(
            id: "\(strategy).1", strategy: strategy, seed: 1, paths: paths, offset: .milliseconds(500),
            duration: .seconds(seconds), workload: Workload(size: size), transport: transport, mobility: Mobility())
        return try RunExecution(plan: plan, directory: directory, clock: .virtual) { _ in }.run()
    }

    /// Bytes of payload that full-size segments carry over `rate` in `seconds`.
    private func payload(_ rate: Double, seconds: Double) -> Double { rate * 1e6 / 8 * seconds * 1448 / 1500 }

    @Test(arguments: [("tcp-wifi", 8.0), ("tcp-cellular", 2.0), ("mptcp", 10.0)])
    func `delivers what its links carry, and no more`(name: String, rate: Double) throws {
        let strategy = try #require(Strategy(name: name, paths: ["wifi", "cellular"]))
        let (record, series) = try execute(strategy, seconds: 20)
        #expect(record.verified)
        #expect(record.failure == nil)
        #expect(record.congestionControl == "cubic")
        #expect(series.delivered.reduce(0) { $0 + Int64($1) } == record.delivered.bytes)
        // A twentieth is more than slow start and the first round trips cost in 20 s.
        let share = Double(record.delivered.bytes) / payload(rate, seconds: 20)
        #expect(share > 0.95 && share <= 1)
        for link in record.links {
            #expect(link.queueDisciplineDrops == 0)
            #expect(link.largestPacket.bytes <= 1500)
        }
    }

    @Test func `carries on over the other path when one goes, and uses it again when it returns`() throws {
        let outage: [PathTrace.Attachment] = [
            .init(time: .zero, attached: true), .init(time: .seconds(6), attached: false),
            .init(time: .seconds(10), attached: true),
        ]
        let (record, series) = try execute(.mptcp, seconds: 20, wifi: outage)
        #expect(record.verified && record.failure == nil)
        let kinds = record.events.filter {
            $0.path == "wifi" && $0.kind != "connecting" && !$0.kind.hasPrefix("mptcp.")
        }.map(\.kind)
        #expect(kinds == ["detached", "left", "attached", "joined"])
        let wifi = try #require(series.link("wifi", .down))
        let bin = { (time: Double) in Int((time - 0.5) * 100) }
        #expect(wifi.arrived[bin(6.1)..<bin(10)].allSatisfy { $0 == 0 })
        #expect(wifi.arrived[bin(14)..<bin(20)].reduce(0) { $0 + Int($1) } > 100_000)
        let during = series.delivered[bin(7)..<bin(10)].reduce(0) { $0 + Int($1) }
        #expect(during > 0)
    }

    @Test(arguments: [Strategy.tcp(path: "wifi"), .tcpReconnect(path: "wifi")])
    func `of a single path resumes the stream after an outage`(strategy: Strategy) throws {
        let outage: [PathTrace.Attachment] = [
            .init(time: .zero, attached: true), .init(time: .seconds(3), attached: false),
            .init(time: .seconds(9), attached: true),
        ]
        let (record, series) = try execute(strategy, seconds: 30, wifi: outage)
        #expect(record.verified && record.failure == nil)
        let connections = record.events.count { $0.kind == "connected" }
        #expect(connections == (strategy == .tcp(path: "wifi") ? 1 : 2))
        #expect(series.delivered.suffix(500).reduce(0) { $0 + Int($1) } > 0)
        if case .tcpReconnect = strategy {
            // One round trip for the connection and one for the request, then data.
            let first = try #require(series.delivered.indices.first { $0 > 850 && series.delivered[$0] > 0 })
            #expect(first < 870)
        }
    }

    @Test func `connects once its path is there`() throws {
        let late: [PathTrace.Attachment] = [
            .init(time: .zero, attached: false), .init(time: .seconds(4), attached: true),
        ]
        let (record, series) = try execute(.tcp(path: "wifi"), seconds: 10, wifi: late)
        #expect(record.verified && record.delivered.bytes > 0)
        #expect(series.delivered[..<350].allSatisfy { $0 == 0 })
    }

    @Test func `ends when all that was wanted has arrived`() throws {
        let (record, series) = try execute(.mptcp, seconds: 20, size: ByteCount(1_000_000))
        #expect(record.delivered.bytes == 1_000_000)
        #expect(record.measured < .seconds(5))
        #expect(series.delivered.count == Int(record.measured / Series.binWidth))
    }

    @Test func `refuses a congestion control that the kernel lacks`() {
        #expect(throws: Fault.self) { try execute(.mptcp, congestionControl: "nonesuch") }
    }
}
