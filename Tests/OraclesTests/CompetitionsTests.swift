// SPDX-License-Identifier: Apache-2.0
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

@Suite("Competitions")
struct CompetitionsTests {
    static func competing(_ mptcp: [UInt32], _ others: [(String, [UInt32])]) -> ComparisonResult.Run {
        let bins = others.map { _, seconds in seconds.flatMap { Array(repeating: $0, count: 100) } }
        let main = mptcp.flatMap { Array(repeating: $0, count: 100) }
        func sum(_ delivered: [UInt32]) -> ByteCount { ByteCount(delivered.reduce(0) { $0 + Int64($1) }) }
        return ComparisonResult.Run(
            id: "mptcp-competing.1", strategy: .mptcpCompeting, seed: 1, direction: .down, offset: .zero,
            duration: .seconds(mptcp.count), delivered: sum(main), longestGap: .zero, verified: true, paths: [],
            fidelity: [], counters: [:], events: [], series: Series(delivered: main, others: bins, links: []),
            others: zip(others, bins).map {
                .init(name: $0.0, direction: $0.0 == "upload" ? .up : .down, delivered: sum($1), verified: true)
            })
    }

    @Test("Optimal TCP is spliced from the competing TCPs, and fairness is over all flows")
    func known() throws {
        let run = Self.competing([6, 6], [("tcp-wifi", [4, 0]), ("tcp-cellular", [1, 3]), ("upload", [9, 9])])
        let one = try #require(Competitions.all(of: [run], window: .seconds(1)).first)
        #expect(one.mptcp == ByteCount(1200))
        #expect(one.flows.map(\.name) == ["tcp-wifi", "tcp-cellular"])
        #expect(one.flows.map(\.delivered) == [ByteCount(400), ByteCount(400)])
        #expect(one.optimal == ByteCount(700))
        #expect(abs(try #require(one.ratio) - 12.0 / 7) < 1e-12)
        // (12 + 4 + 4)^2 / (3 x (144 + 16 + 16))
        #expect(abs(try #require(one.jain) - 400.0 / 528) < 1e-12)
        #expect(one.total == ByteCount(2000))
    }

    @Test("Windows are averaged over whole-second shifts, as those of every Optimal TCP")
    func shifts() throws {
        let run = Self.competing([1, 1], [("tcp-wifi", [4, 0]), ("tcp-cellular", [1, 3])])
        // A window of 2 s: max(4, 4) unshifted; 4 + 3 shifted by one second.
        let one = try #require(Competitions.all(of: [run], window: .seconds(2)).first)
        #expect(one.optimal == ByteCount(550))
    }

    @Test("Without rivals there is nothing to compare with")
    func alone() throws {
        let one = try #require(Competitions.all(of: [Self.competing([5], [])], window: .seconds(1)).first)
        #expect(one.optimal == nil && one.ratio == nil)
        #expect(one.jain == 1)
        #expect(Competitions.all(of: [], window: .seconds(1)).isEmpty)
    }

    @Test("Rivals that got nothing give no ratio")
    func starved() throws {
        let run = Self.competing([5], [("tcp-wifi", [0])])
        let one = try #require(Competitions.all(of: [run], window: .seconds(1)).first)
        #expect(one.optimal == .zero && one.ratio == nil)
        #expect(one.jain == 0.5)
    }
}
