// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Radios
import Strategies
import Traces

extension Replay {
    /// The largest difference between two seeds' constant delays in one direction of a path. Without this jitter, a
    /// saturated TCP on a steady link repeats itself to the byte.
    package static let jitterSpan = Duration.milliseconds(1)

    /// The walk begins up to this much later, depending on the seed.
    package static let offsetSpan = Duration.seconds(1)

    package static func tableFileName(_ path: String, _ direction: Direction) -> String {
        "\(path).\(direction.rawValue).link"
    }

    /// The tables of every path and direction, by the names that plans use for them. They are the same for every
    /// strategy and seed.
    ///
    /// Delays are lower than the trace's by half of `jitterSpan`, though never below zero. A plan adds 0 to 1 ms, so
    /// that a packet meets the trace's delay within ±0.5 ms and no delay is ever negative.
    package func tables() -> [String: LinkTable] {
        var tables: [String: LinkTable] = [:]
        for path in paths {
            for direction in Direction.allCases {
                let table = path.trace.table(direction)
                let conditions = table.conditions.map { row in
                    var row = row
                    row.delay = max(.zero, row.delay - Self.jitterSpan / 2)
                    return row
                }
                tables[Self.tableFileName(path.name, direction)] = LinkTable(
                    curve: table.curve, conditions: conditions, queue: table.queue, overhead: table.overhead)
            }
        }
        return tables
    }

    /// The plan of one run. From the seed come the start offset and a constant delay for each direction of each path.
    /// They are the same for every strategy, and a path's draws do not depend on which other paths there are.
    ///
    /// - Throws: `Fault` if the strategy decides by an energy model that does not exist.
    package func plan(strategy: StrategyName, seed: UInt64) throws -> RunPlan {
        let offset = Self.draw(Self.offsetSpan, seed: seed, purpose: "start offset")
        let bin = Series.binWidth.wholeNanoseconds
        let bins = (duration - offset).wholeNanoseconds / bin
        let planned = paths.map { path in
            RunPlan.Path(
                name: path.name, kind: path.kind, family: path.family,
                downTable: Self.tableFileName(path.name, .down), upTable: Self.tableFileName(path.name, .up),
                downJitter: Self.draw(Self.jitterSpan, seed: seed, purpose: "jitter \(path.name) down"),
                upJitter: Self.draw(Self.jitterSpan, seed: seed, purpose: "jitter \(path.name) up"),
                attachments: path.trace.attachments.map { RunPlan.Attachment(time: $0.time, attached: $0.attached) },
                addressChanges: path.addressChanges, subflows: path.subflows)
        }
        let span = offset..<offset + .nanoseconds(bins * bin)
        let foresight = try decider(strategy).foresee(
            KnownWalk(
                traces: traces, paths: planned, span: span, direction: workload.directions[0],
                window: settings.oracle.window,
                switchingCost: settings.oracle.switchingCost, mobility: settings.mobility, energy: settings.energy))
        return try RunPlan(
            id: "\(strategy).\(seed)", strategy: strategy, seed: seed, paths: planned, offset: offset,
            duration: .nanoseconds(bins * bin), workload: workload, transport: settings.transport,
            mobility: settings.mobility,
            routes: foresight.routes, selections: foresight.selections, energy: settings.energy,
            command: commands[strategy].map { StrategyCommand.Plan(command: $0, signals: traces.map(Self.signals)) })
    }

    /// The strategy of this name, which is registered or this replay's own.
    ///
    /// - Throws: `Fault` if there is none.
    func decider(_ strategy: StrategyName) throws -> any Strategy {
        if commands[strategy] != nil { return CommandStrategy(name: strategy) }
        return try StrategyRegistry.strategy(strategy, over: paths.map(\.name))
    }

    private static func signals(of trace: PathTrace) -> [StrategyCommand.Signal] {
        var signals: [StrategyCommand.Signal] = []
        for sample in trace.samples where signals.last?.level != sample.signal || signals.isEmpty {
            signals.append(StrategyCommand.Signal(time: sample.time, level: sample.signal))
        }
        return signals
    }

    /// A whole number of nanoseconds from 0 up to but not including `span`.
    private static func draw(_ span: Duration, seed: UInt64, purpose: String) -> Duration {
        var generator = SplitMix64(seed: seed, purpose: purpose)
        return .nanoseconds(Int64(generator.next(below: UInt64(span.wholeNanoseconds))))
    }
}
