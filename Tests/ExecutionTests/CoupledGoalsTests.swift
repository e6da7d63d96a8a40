import KernelTier
import Runs
import Testing
import Units

/// RFC 6356, section 2: what a coupled congestion control is for, in runs whose links are known.
@Suite(.kernelTier, .serialized) struct `The goals of coupled congestion control` {
    private static let seconds = 60
    private static let seeds: ClosedRange<UInt64> = 1...3

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Bytes of MPTCP and of each TCP beside it.
    private func compete(
        over paths: [CoupledRig.Path], control: String, seed: UInt64
    ) throws -> (mptcp: Double, rivals: [Double]) {
        let (record, _) = try CoupledRig.execute(
            .mptcpCompeting, over: paths, control: control, seconds: Self.seconds, seed: seed)
        #expect(record.verified && record.failure == nil)
        return (Double(record.delivered.bytes), record.others.map { Double($0.delivered.bytes) })
    }

    private static let shared = {
        var path = CoupledRig.Path(
            name: "shared", rate: .megabitsPerSecond(10), roundTrip: .milliseconds(40), queue: .zero, subflows: 2)
        path.queue = path.bandwidthDelayProduct
        return path
    }()

    @Test func `two subflows take as much of a shared bottleneck as one TCP, and uncoupled ones twice as much`() throws {
        var ratios: [String: [Double]] = [:]
        for control in ["lia", "reno"] {
            for seed in Self.seeds {
                let (mptcp, rivals) = try compete(over: [Self.shared], control: control, seed: seed)
                ratios[control, default: []].append(mptcp / rivals[0])
            }
        }
        let (lia, reno) = (mean(ratios["lia"] ?? []), mean(ratios["reno"] ?? []))
        print("shared bottleneck, MPTCP over TCP: lia \(ratios["lia"] ?? []), reno \(ratios["reno"] ?? [])")
        #expect(lia >= 0.8 && lia <= 1.2)
        #expect(reno >= 1.6)
    }

    @Test(arguments: ["lia", "olia"]) func `a connection moves as much as a TCP on its best path`(control: String) throws {
        let paths = [
            CoupledRig.Path(
                name: "best", rate: .megabitsPerSecond(10), roundTrip: .milliseconds(40), queue: ByteCount(50_000)),
            CoupledRig.Path(
                name: "other", rate: .megabitsPerSecond(4), roundTrip: .milliseconds(80), queue: ByteCount(40_000)),
        ]
        var (ratios, alone): ([Double], [Double]) = ([], [])
        for seed in Self.seeds {
            let (mptcp, rivals) = try compete(over: paths, control: control, seed: seed)
            // What a TCP would have had in its place: half of the best path.
            ratios.append(mptcp / ((mptcp + rivals[0] + rivals[1]) * 10 / 14 / 2))
            let single = try CoupledRig.execute(
                .tcp(path: "best"), over: paths, control: control, seconds: Self.seconds, seed: seed)
            let multi = try CoupledRig.execute(
                .mptcp, over: paths, control: control, seconds: Self.seconds, seed: seed)
            alone.append(Double(multi.record.delivered.bytes) / Double(single.record.delivered.bytes))
        }
        print("\(control): over a TCP on the best path: beside other TCPs \(ratios), alone \(alone)")
        // Uncontended it has both paths, up to the scheduler's and the windows' losses.
        #expect(mean(alone) >= 1)
        #expect(mean(ratios) >= 0.9)
    }

    @Test(arguments: ["lia", "olia"]) func `traffic leaves the more congested path`(control: String) throws {
        let paths = [
            CoupledRig.Path(
                name: "clear", rate: .megabitsPerSecond(20), roundTrip: .milliseconds(40), queue: ByteCount(100_000),
                loss: 0.002),
            CoupledRig.Path(
                name: "congested", rate: .megabitsPerSecond(20), roundTrip: .milliseconds(40),
                queue: ByteCount(100_000), loss: 0.02),
        ]
        var shares: [String: [Double]] = [:]
        for control in [control, "reno"] {
            for seed in Self.seeds {
                let (record, _) = try CoupledRig.execute(
                    .mptcp, over: paths, control: control, seconds: Self.seconds, seed: seed)
                let bytes = ["clear", "congested"].map {
                    Double(record.counters["server.subflow.\($0).acked_bytes"] ?? 0)
                }
                shares[control, default: []].append(bytes[1] / (bytes[0] + bytes[1]))
            }
        }
        print("share of the congested path: \(shares.sorted { $0.key < $1.key })")
        // Losses are 10 to 1. Windows of uncoupled subflows are as 1 to the root of that, coupled ones as 1 to 10.
        #expect(mean(shares[control] ?? []) < mean(shares["reno"] ?? []) * 0.7)
    }
}
