// SPDX-License-Identifier: Apache-2.0
import KernelTier
import Plans
import Quantities
import Testing

/// RFC 6356, section 2: the goals of coupled congestion control, in runs over known links.
@Suite(.kernelTier, .serialized) struct `The goals of coupled congestion control` {
    private static let seconds = 60
    private static let seeds: ClosedRange<UInt64> = 1...3

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The bytes of MPTCP and of each TCP next to it.
    private func compete(
        over paths: [CoupledRig.Path], control: String, seed: UInt64
    ) throws -> (mptcp: Double, rivals: [Double]) {
        let (record, _) = try CoupledRig.execute(
            .mptcpCompeting, over: paths, control: control, seconds: Self.seconds, seed: seed)
        #expect(record.verified && record.failure == nil)
        return (Double(record.delivered.bytes), record.others.map { Double($0.delivered.bytes) })
    }

    /// A link with a queue of one bandwidth-delay product. The RFC assumes that losses are in proportion to packets. At
    /// the end of a queue that is clocked by acknowledgements without jitter they are not, because each flow's packets
    /// arrive in step with those that leave. Losing half a per cent at random restores the proportion, and so do
    /// acknowledgements with a varying delay.
    private func shared(loss: Double = 0, jitter: Duration = .zero) -> CoupledRig.Path {
        var path = CoupledRig.Path(
            name: "shared", rate: .megabitsPerSecond(10), roundTrip: .milliseconds(40), queue: .zero, loss: loss,
            subflows: 2)
        path.queue = path.bandwidthDelayProduct
        path.uplinkJitter = jitter
        return path
    }

    @Test func `two subflows take as much of a shared bottleneck as one TCP, and uncoupled ones nearly twice as much`()
        throws
    {
        func ratios(_ control: String, _ path: CoupledRig.Path) throws -> [Double] {
            try Self.seeds.map { seed in
                let (mptcp, rivals) = try compete(over: [path], control: control, seed: seed)
                return mptcp / rivals[0]
            }
        }
        for path in [shared(loss: 0.005), shared(jitter: .milliseconds(10))] {
            let (lia, reno) = (try ratios("lia", path), try ratios("reno", path))
            print(
                "shared bottleneck, loss \(path.loss), jitter \(path.uplinkJitter), over TCP: lia \(lia), reno \(reno)")
            #expect(mean(lia) >= 0.8 && mean(lia) <= 1.2)
            #expect(mean(reno) >= 1.6)
        }
        let inStep = try ratios("lia", shared())
        print("shared bottleneck in step: lia \(inStep)")
        #expect(mean(inStep) <= 1.2)
    }

    @Test(arguments: ["lia", "olia"]) func `a connection alone moves more than a TCP on its best path`(
        control: String
    ) throws {
        let paths = [
            CoupledRig.Path(
                name: "best", rate: .megabitsPerSecond(10), roundTrip: .milliseconds(40), queue: ByteCount(50_000)),
            CoupledRig.Path(
                name: "other", rate: .megabitsPerSecond(4), roundTrip: .milliseconds(80), queue: ByteCount(40_000)),
        ]
        let ratios = try Self.seeds.map { try gain(of: control, over: paths, seed: $0).ratio }
        print("\(control) alone, over a TCP on the best path: \(ratios)")
        #expect(ratios.allSatisfy { $0 > 1.2 })
    }

    /// Losses keep these links from being full.
    @Test func `traffic leaves the more congested path`() throws {
        let paths = [
            CoupledRig.Path(
                name: "clear", rate: .megabitsPerSecond(20), roundTrip: .milliseconds(40), queue: ByteCount(100_000),
                loss: 0.002),
            CoupledRig.Path(
                name: "congested", rate: .megabitsPerSecond(20), roundTrip: .milliseconds(40),
                queue: ByteCount(100_000), loss: 0.02),
        ]
        var (shares, gains): ([String: Double], [String: Double]) = ([:], [:])
        for control in ["lia", "olia", "reno"] {
            let runs = try Self.seeds.map { try gain(of: control, over: paths, seed: $0) }
            gains[control] = mean(runs.map(\.ratio))
            shares[control] = mean(
                runs.map { run in
                    let bytes = paths.map { Double(run.record.counters["server.subflow.\($0.name).acked_bytes"] ?? 0) }
                    return bytes[1] / (bytes[0] + bytes[1])
                })
        }
        print("share of the congested path \(shares), over a TCP on the clear one \(gains)")
        let (lia, olia, reno) = (
            try #require(shares["lia"]), try #require(shares["olia"]), try #require(shares["reno"])
        )
        // Losses are 10 to 1. Windows of uncoupled subflows are as 1 to the square root of 10, and LIA's as 1 to 10.
        #expect(lia < reno * 0.7 && olia < lia)
    }

    /// MPTCP over all `paths` against a TCP on the first of them, each alone.
    private func gain(
        of control: String, over paths: [CoupledRig.Path], seed: UInt64
    ) throws -> (ratio: Double, record: RunRecord) {
        let single = try CoupledRig.execute(
            .tcp(path: paths[0].name), over: paths, control: control, seconds: Self.seconds, seed: seed
        ).record
        let record = try CoupledRig.execute(
            .mptcp, over: paths, control: control, seconds: Self.seconds, seed: seed
        ).record
        #expect(record.verified && record.failure == nil)
        return (Double(record.delivered.bytes) / Double(single.delivered.bytes), record)
    }
}
