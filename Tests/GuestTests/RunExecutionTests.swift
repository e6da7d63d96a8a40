// SPDX-License-Identifier: Apache-2.0
import Documents
import KernelTier
import Plans
import Quantities
import Strategies
import Testing
import Traces

/// Whole runs in the guest over links for which the result is known.
@Suite(.kernelTier, .serialized) struct `A run` {
    private func execute(
        _ strategy: StrategyName, seconds: Int = 10, wifi: [(Duration, Bool)] = [(.zero, true)], size: ByteCount? = nil,
        congestionControl: String = "cubic"
    ) throws -> (RunRecord, Series) {
        try RunRig.execute(strategy, seconds: seconds, wifi: wifi) { plan in
            plan.workload = Workload(Workload.Download(size: size))
            plan.transport.congestionControl = congestionControl
        }
    }

    /// The bytes of payload that full-size segments carry at `rate`, in Mb/s, in `seconds`.
    private func payload(_ rate: Double, seconds: Double) -> Double { rate * 1e6 / 8 * seconds * 1448 / 1500 }

    @Test(arguments: [("tcp-wifi", 8.0), ("tcp-cellular", 2.0), ("mptcp", 10.0)])
    func `delivers what its links carry, and no more`(name: String, rate: Double) throws {
        let strategy = try #require(StrategyRegistry.find(name, over: ["wifi", "cellular"])?.name)
        let (record, series) = try execute(strategy, seconds: 20)
        #expect(record.verified)
        #expect(record.failure == nil)
        #expect(record.congestionControl == "cubic")
        #expect(record.kernelRelease.hasPrefix("6."))
        #expect(record.scheduler == "default")
        #expect(series.delivered.reduce(0) { $0 + Int64($1) } == record.delivered.bytes)
        // Slow start and the first round trips cost less than a twentieth of 20 s.
        let share = Double(record.delivered.bytes) / payload(rate, seconds: 20)
        #expect(share > 0.95 && share <= 1)
        for link in record.links {
            #expect(link.queueDisciplineDrops == 0)
            #expect(link.largestPacket.bytes <= 1500)
        }
    }

    @Test(arguments: ["tcp-wifi", "tcp-cellular", "mptcp"])
    func `has the round trips of its links and their queues`(name: String) throws {
        let strategy = try #require(StrategyRegistry.find(name, over: ["wifi", "cellular"])?.name)
        let (_, series) = try execute(strategy, seconds: 20)
        #expect(series.delays.map(\.path) == ["wifi", "cellular"])
        // In milliseconds: the round trip without a queue, and the full queue of 100 kB at the link's rate.
        for (path, (base, full)) in zip(series.delays, [(20.0, 100.0), (60, 400)]) {
            #expect(path.queue.count == 200 && path.roundTrip.count == 200)
            #expect(path.queue.allSatisfy { Double($0) / 1000 <= full })
            let own = strategy.path(among: ["wifi", "cellular"])
            guard own == nil || own == path.path else {
                #expect(path.queue.allSatisfy { $0 == 0 } && path.roundTrip.allSatisfy { $0 == 0 })
                continue
            }
            let settled = 100..<200
            func mean(_ values: [UInt32]) -> Double {
                values[settled].reduce(0) { $0 + Double($1) } / Double(settled.count) / 1000
            }
            let (queue, roundTrip) = (mean(path.queue), mean(path.roundTrip))
            #expect(queue > full / 10)
            // Over ten seconds the estimate's lag is small compared to a queue that bulk TCP keeps filling.
            #expect(
                abs(roundTrip - queue - base) < 0.1 * (base + full), "\(path.path): \(roundTrip) ms, queue \(queue) ms")
        }
    }

    @Test func `has the round trips of a path's new subflow when it returns`() throws {
        let outage: [(Duration, Bool)] = [(.zero, true), (.seconds(6), false), (.seconds(10), true)]
        let (_, series) = try execute(.mptcp, seconds: 30, wifi: outage)
        let wifi = series.delays[0]
        #expect(wifi.roundTrip[56..<94].allSatisfy { $0 == 0 } && wifi.queue[56..<94].allSatisfy { $0 == 0 })
        // What is left of the subflow that went would give the same estimate for ever.
        #expect(Set(wifi.roundTrip[150...]).count > 100)
        for step in 150..<300 { #expect(wifi.roundTrip[step] >= 20_000) }
    }

    @Test func `carries on over the other path when one goes, and uses it again when it returns`() throws {
        let outage: [(Duration, Bool)] = [
            (.zero, true), (.seconds(6), false),
            (.seconds(10), true),
        ]
        let (record, series) = try execute(.mptcp, seconds: 20, wifi: outage)
        #expect(record.verified && record.failure == nil)
        let kinds = record.events.filter {
            $0.path == "wifi" && $0.kind != "connecting" && !$0.kind.hasPrefix("mptcp.")
        }.map(\.kind)
        #expect(kinds == ["detached", "left", "attached", "joined"])
        let wifi = try #require(series.link("wifi", .down))
        let bin = RunRig.bin
        #expect(wifi.arrived[bin(6.1)..<bin(10)].allSatisfy { $0 == 0 })
        #expect(wifi.arrived[bin(14)..<bin(20)].reduce(0) { $0 + Int($1) } > 100_000)
        let during = series.delivered[bin(7)..<bin(10)].reduce(0) { $0 + Int($1) }
        #expect(during > 0)
    }

    @Test(arguments: [StrategyName.tcp(path: "wifi"), .tcpReconnect(path: "wifi")])
    func `of a single path resumes the stream after an outage`(strategy: StrategyName) throws {
        let outage: [(Duration, Bool)] = [
            (.zero, true), (.seconds(3), false),
            (.seconds(9), true),
        ]
        let (record, series) = try execute(strategy, seconds: 30, wifi: outage)
        #expect(record.verified && record.failure == nil)
        let connections = record.events.count { $0.kind == "connected" }
        #expect(connections == (strategy == .tcp(path: "wifi") ? 1 : 2))
        #expect(series.delivered.suffix(500).reduce(0) { $0 + Int($1) } > 0)
        if strategy == .tcpReconnect(path: "wifi") {
            // One round trip for the connection and one for the request, then data.
            let first = try #require(series.delivered.indices.first { $0 > 850 && series.delivered[$0] > 0 })
            #expect(first < 870)
        }
    }

    @Test func `connects once its path is there`() throws {
        let late: [(Duration, Bool)] = [
            (.zero, false), (.seconds(4), true),
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
