// SPDX-License-Identifier: Apache-2.0
import Oracles
import Plans
import Quantities
import Results
import Testing
import Traces

@Suite struct `Ratios of other workloads` {
    private static let size = ByteCount(2_000_000)

    /// A run that delivers `part` of `size` in `bins` bins.
    private func run(
        _ strategy: StrategyName, seed: UInt64 = 1, _ direction: Direction = .down, bins: Int, part: Double = 1
    ) -> ComparisonResult.Run {
        let each = UInt32((Double(Self.size.bytes) * part / Double(bins)).rounded())
        return ComparisonResult.Run(
            id: "\(strategy).\(seed)", strategy: strategy, seed: seed, direction: direction, offset: .zero,
            duration: Series.binWidth * bins, delivered: ByteCount(Int64(each) * Int64(bins)), longestGap: .zero,
            verified: true, paths: [], fidelity: [], counters: [:], events: [],
            series: Series(delivered: Array(repeating: each, count: bins), links: []))
    }

    /// 12 and 3 Mb/s for 21 s.
    private let traces = RatiosTests.traces

    private func ratios(_ runs: [ComparisonResult.Run], _ workload: Workload) -> [ComparisonResult.Ratio] {
        let oracles = ComparisonResult.oracles(runs: runs, traces: traces, window: .seconds(10), workload: workload)
        return ComparisonResult.ratios(runs: runs, oracles: oracles)
    }

    @Test func `of a fixed size are of the oracle's time over MPTCP's`() throws {
        let runs = [
            run(.tcp(path: "wifi"), bins: 160), run(.tcp(path: "cellular"), bins: 800), run(.mptcp, bins: 125),
            run(.optimalBuilt, bins: 200),
        ]
        let ratios = ratios(runs, Workload(Workload.Download(size: Self.size)))
        func value(_ name: String) -> Double? { ratios.first { $0.name == name && $0.seed == nil }?.value }
        // Within one window, spliced Optimal TCP is the TCP of the better path.
        #expect(value("mptcp/spliced-optimal") == 1.6 / 1.25)
        #expect(value("mptcp/optimal") == 1.6 / 1.25)
        #expect(value("mptcp/optimal-built") == 2 / 1.25)
        // 2 MB are 2.0718 MB of full packets. The better link carries 1.5 MB/s, and both carry 1.875 MB/s.
        let wire = 2.0 * 1500 / 1448
        #expect(abs(try #require(value("mptcp/best-static")) - wire / 1.5 / 1.25) < 1e-6)
        #expect(abs(try #require(value("mptcp/capacity-optimal")) - wire / 1.5 / 1.25) < 1e-6)
        #expect(abs(try #require(value("mptcp/capacity-sum")) - wire / 1.875 / 1.25) < 1e-6)
    }

    @Test func `are undefined where MPTCP or the oracle never had it all`() {
        let tcp = [run(.tcp(path: "wifi"), bins: 160), run(.tcp(path: "cellular"), bins: 800)]
        let unfinished = ratios(
            tcp + [run(.mptcp, bins: 2000, part: 0.5)], Workload(Workload.Download(size: Self.size))
        ).filter {
            $0.name.hasPrefix("mptcp/")
        }
        #expect(unfinished.count == 12)
        #expect(unfinished.allSatisfy { $0.value == nil })
        #expect(unfinished.filter { $0.seed == 1 }.count == 6)

        let large = Workload(Workload.Download(size: ByteCount(35_000_000)))
        var mptcp = run(.mptcp, bins: 2000)
        mptcp.delivered = ByteCount(35_000_000)
        let beyond = ratios([mptcp], large)
        // In 21 s the links carry 31.5 MB and 7.9 MB, less headers. Both together are enough; the better one alone is
        // not.
        #expect(beyond.first { $0.name == "mptcp/best-static" }?.value == nil)
        #expect(beyond.first { $0.name == "mptcp/capacity-sum" }?.value != nil)
    }

    @Test func `of two directions exist for each of them`() throws {
        let runs = [(Direction.up, 150), (.down, 100)].flatMap { direction, bins in
            (1...2).flatMap { seed in
                [
                    run(.tcp(path: "wifi"), seed: seed, direction, bins: bins),
                    run(.tcp(path: "cellular"), seed: seed, direction, bins: bins, part: 0.5),
                    run(.mptcp, seed: seed, direction, bins: bins, part: direction == .down ? 1.5 : 1.25),
                ]
            }
        }
        let ratios = ratios(runs, Workload(Workload.Both()))
        // Six ratios of MPTCP and one of each TCP, for two seeds and for both together.
        #expect(ratios.count == 2 * (6 + 2) * 3)
        let (down, up) = (ratios.filter { $0.direction == .down }, ratios.filter { $0.direction == .up })
        #expect(up.map(\.name) == down.map { "up:\($0.name)" })
        #expect(abs(try #require(down.first { $0.name == "mptcp/optimal" }?.value) - 1.5) < 1e-4)
        #expect(abs(try #require(up.first { $0.name == "up:mptcp/optimal" }?.value) - 1.25) < 1e-4)
        // In an upload the uplink is the only direction and needs no name.
        let upload = self.ratios(runs.filter { $0.direction == .up }, Workload(Workload.Upload()))
        #expect(upload.map(\.name) == down.map(\.name))
        #expect(upload.allSatisfy { $0.direction == .up })
    }

    @Test(arguments: [Workload(Workload.Requests()), Workload(Workload.Stream())])
    func `that do not ask for all they can get are none`(workload: Workload) {
        let runs = [run(.tcp(path: "wifi"), bins: 100), run(.mptcp, bins: 100)]
        #expect(ComparisonResult.oracles(runs: runs, traces: traces, window: .seconds(10), workload: workload).isEmpty)
        let ratios = ratios(runs, workload)
        #expect(!ratios.isEmpty)
        #expect(ratios.allSatisfy { $0.value == nil })
    }
}
