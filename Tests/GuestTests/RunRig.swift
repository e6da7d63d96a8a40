// SPDX-License-Identifier: Apache-2.0
import Determinism
import Guest
import Plans
import Quantities
import Strategies
import SystemPackage
import Traces

/// Whole runs in the guest over links for which the result is known: WiFi of 8 Mb/s and cellular of 2 Mb/s.
enum RunRig {
    /// The trace time of the first SYN.
    private static let offset = Duration.milliseconds(500)

    static func execute(
        _ strategy: StrategyName, seconds: Int = 10, wifi: [(Duration, Bool)] = [(.zero, true)],
        change: (inout RunPlan) -> Void = { _ in }
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
            paths.append(
                .init(
                    name: name, kind: kind, downTable: "\(name).down.link", upTable: "\(name).up.link",
                    attachments: (kind == .wifi ? wifi : [(.zero, true)]).map { .init(time: $0.0, attached: $0.1) }))
        }
        var transport = Transport()
        transport.initialPath = "wifi"
        var plan = try RunPlan(
            id: "\(strategy).1", strategy: strategy, seed: 1, paths: paths, offset: offset,
            duration: .seconds(seconds), workload: Workload(), transport: transport, mobility: Mobility())
        change(&plan)
        return try RunExecution(plan: plan, directory: directory, clock: .virtual) { _ in }.run()
    }

    /// The bin that begins at a trace time, in seconds.
    static func bin(_ time: Double) -> Int { Int(((time - offset.seconds) * 100).rounded()) }
}
