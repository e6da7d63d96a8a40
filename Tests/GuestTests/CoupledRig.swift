// SPDX-License-Identifier: Apache-2.0
import Determinism
import Guest
import Plans
import Quantities
import Strategies
import SystemPackage
import Traces

/// Whole runs in the guest over steady links, which show what subflows do to each other and to other flows.
enum CoupledRig {
    struct Path {
        var name: String
        /// The rate of both directions.
        var rate: DataRate
        /// The time there and back without a queue.
        var roundTrip: Duration
        /// The downlink's queue.
        var queue: ByteCount
        var loss = 0.0
        var subflows = 1
        /// The uplink's delay varies by as much around half a round trip, every 10 ms.
        var uplinkJitter = Duration.zero

        /// What one round trip carries at the path's rate.
        var bandwidthDelayProduct: ByteCount { rate.bytes(in: roundTrip) }

        /// Multiples of the golden ratio are evenly spread, and no two steps are alike.
        fileprivate func jittering(for seconds: Int) -> [LinkTable.Condition] {
            (0..<seconds * 100).map { step in
                let part = (Double(step) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
                return .init(
                    time: .milliseconds(10 * step), delay: roundTrip / 2 + uplinkJitter * (2 * part - 1), loss: 0)
            }
        }
    }

    static func execute(
        _ strategy: StrategyName, over paths: [Path], control: String, seconds: Int, seed: UInt64 = 1
    ) throws -> (record: RunRecord, series: Series) {
        let directory = FilePath("/dev/walkback")
        let planned = try paths.map { path in
            for direction in Direction.allCases {
                let table = LinkTable(
                    curve: Curve(rates: [(time: .zero, rate: path.rate)], end: .seconds(seconds + 2)),
                    conditions: direction == .down || path.uplinkJitter == .zero
                        ? [.init(time: .zero, delay: path.roundTrip / 2, loss: direction == .down ? path.loss : 0)]
                        : path.jittering(for: seconds + 2),
                    queue: direction == .down ? path.queue : ByteCount(1_000_000), overhead: .zero)
                let file = try FileDescriptor.open(
                    directory.appending("\(path.name).\(direction.rawValue).link"), .writeOnly,
                    options: [.create, .truncate], permissions: .ownerReadWrite)
                try file.closeAfter { _ = try file.writeAll(table.encoded()) }
            }
            // The seed sets the jitter, as in a replay. Without it steady links would give the same run for every seed.
            var generator = SplitMix64(seed: seed, purpose: "jitter \(path.name)")
            return RunPlan.Path(
                name: path.name, kind: .other, downTable: "\(path.name).down.link", upTable: "\(path.name).up.link",
                downJitter: .nanoseconds(Int64(generator.next(below: 1_000_000))),
                upJitter: .nanoseconds(Int64(generator.next(below: 1_000_000))),
                attachments: [.init(time: .zero, attached: true)], subflows: path.subflows)
        }
        var transport = Transport()
        transport.congestionControl = control
        let plan = try RunPlan(
            id: "\(strategy).\(seed)", strategy: strategy, seed: seed, paths: planned, offset: .zero,
            duration: .seconds(seconds), workload: Workload(), transport: transport, mobility: Mobility())
        let (record, series) = try RunExecution(plan: plan, directory: directory, clock: .virtual) { _ in }.run()
        return (record, series)
    }
}
