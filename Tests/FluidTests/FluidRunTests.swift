// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Testing
import Traces

@testable import Fluid

@Suite("A fluid run")
struct FluidRunTests {
    @Test("fills a steady link with full-size segments", arguments: ["cubic", "reno"])
    func steady(control: String) throws {
        let run = try #require(Walk([.steady(4)]).run(.tcp(path: "p0"), control: control))
        let most = 4e6 / 8 * 60 * Segment.tcpPayload / Segment.size
        #expect(Double(run.delivered.bytes) > 0.99 * most)
        #expect(Double(run.delivered.bytes) <= most)
    }

    @Test("carries nothing where there is no capacity")
    func nothing() throws {
        for strategy in [StrategyName.tcp(path: "p0"), .tcpReconnect(path: "p0"), .mptcp] {
            let run = try #require(Walk([.steady(0)]).run(strategy))
            #expect(run.delivered == .zero)
            #expect(run.series.links.allSatisfy { $0.arrived.allSatisfy { $0 == 0 } })
        }
    }

    @Test("is idle in an outage and until the backed-off timer fires; a new connection does not wait")
    func outage() throws {
        let walk = Walk([Walk.Path(rate: 4, away: 20..<30)])
        let stalled = try #require(walk.run(.tcp(path: "p0")))
        let again = try #require(walk.run(.tcpReconnect(path: "p0")))
        #expect(stalled.bytes(20.1..<30) == 0)
        #expect(again.bytes(20.1..<30) == 0)
        #expect(again.bytes(31..<60) > 4e6 / 8 * 29 * 0.95)
        #expect(stalled.delivered < again.delivered)
        #expect(stalled.bytes(50..<60) > 4e6 / 8 * 10 * 0.95)
    }

    @Test("is the same every time")
    func same() throws {
        let walk = Walk([Walk.Path(rate: 3, away: 10..<14), .steady(1, roundTrip: 150)])
        for strategy in [StrategyName.tcpReconnect(path: "p0"), .mptcp] {
            let (first, second) = (try #require(walk.run(strategy)), try #require(walk.run(strategy)))
            #expect(first.series == second.series)
        }
    }

    @Test("of MPTCP adds up two equal paths")
    func sum() throws {
        let alone = try #require(Walk([.steady(4)]).run(.tcp(path: "p0")))
        let both = try #require(Walk([.steady(4), .steady(4)]).run(.mptcp))
        let ratio = Double(both.delivered.bytes) / Double(alone.delivered.bytes)
        #expect(ratio > 1.85 && ratio < 2)
    }

    @Test("leaves a path alone that is never attached")
    func neverAttached() throws {
        let walk = Walk([.steady(2), Walk.Path(rate: 8, away: 0..<60)])
        for strategy in [StrategyName.mptcp, .tcp(path: "p1")] {
            let run = try #require(walk.run(strategy))
            let link = try #require(run.series.link("p1", .down))
            #expect(link.arrived.allSatisfy { $0 == 0 })
        }
    }

    @Test("never carries more than the curve allows, nor delivers more than was carried")
    func conservation() throws {
        let walk = Walk([Walk.Path(rate: 3, away: 10..<14), Walk.Path(rate: 1, away: 30..<40, roundTrip: 150)])
        for strategy in [StrategyName.tcp(path: "p0"), .tcpReconnect(path: "p1"), "wifi-first", .mptcp] {
            let run = try #require(walk.run(strategy))
            var wire = 0.0
            for (link, path) in zip(run.series.links.filter { $0.direction == .down }, walk.paths) {
                var arrived = 0.0
                for second in 0..<60 {
                    arrived += link.arrived[second * 100..<second * 100 + 100].reduce(0) { $0 + Double($1) }
                    #expect(arrived <= path.curve.position(at: .seconds(second + 1)).bytes + 1)
                }
                wire += arrived
            }
            #expect(Double(run.delivered.bytes) <= wire * Segment.tcpPayload / Segment.size + 1)
        }
    }

    @Test("follows a home address, and what waits on the old path still arrives")
    func home() throws {
        let walk = Walk([.steady(4), .steady(1, roundTrip: 150)])
        let moves = [(0, 0), (20, 1), (40, 0)].map { second, path in
            RouteChange(time: .seconds(second), end: .home, path: path)
        }
        let run = try #require(walk.run(.optimalBuilt, routes: moves))
        #expect(run.bytes(1..<20) > 4e6 / 8 * 19 * 0.94)
        #expect(abs(run.bytes(22..<40) / (1e6 / 8 * 18) - 0.965) < 0.03)
        #expect(run.bytes(42..<60) > 4e6 / 8 * 18 * 0.94)
    }

    @Test("is nil for what is not modelled")
    func unmodelled() {
        let walk = Walk([.steady(4), .steady(1)])
        #expect(walk.run("mptcp-energy") == nil)
        #expect(walk.run(.tcp(path: "p0"), control: "bbr") == nil)
        #expect(walk.run(.tcp(path: "p0"), workload: Workload(Workload.Upload())) == nil)
        #expect(walk.run(.tcp(path: "p0"), workload: Workload(Workload.Download(size: ByteCount(1000)))) == nil)
    }
}

extension FluidRun {
    /// In-order application bytes in a span of seconds since the first SYN.
    fileprivate func bytes(_ seconds: Range<Double>) -> Double {
        series.delivered[Int(seconds.lowerBound * 100)..<Int(seconds.upperBound * 100)].reduce(0) { $0 + Double($1) }
    }
}
