// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Strategies
import Testing
import Traces

@testable import Fluid

/// A walk of one minute over paths p0, p1…, the first of which is WiFi.
struct Walk {
    struct Path {
        /// In Mb/s, both ways.
        var rate: Double
        /// The seconds in which the path is detached.
        var away: Range<Int>?
        /// In milliseconds.
        var roundTrip = 20

        static func steady(_ rate: Double, roundTrip: Int = 20) -> Path { Path(rate: rate, roundTrip: roundTrip) }

        var curve: Curve {
            let rate = DataRate.megabitsPerSecond(rate)
            guard let away else { return Curve(rates: [(.zero, rate)], end: .seconds(60)) }
            return Curve(
                rates: [(.zero, rate), (.seconds(away.lowerBound), .zero), (.seconds(away.upperBound), rate)],
                end: .seconds(60))
        }

        var table: LinkTable {
            LinkTable(
                curve: curve, conditions: [.init(time: .zero, delay: .milliseconds(roundTrip) / 2, loss: 0)],
                queue: ByteCount(60_000), overhead: .zero)
        }

        var attachments: [RunPlan.Attachment] {
            guard let away else { return [.init(time: .zero, attached: true)] }
            let first = away.lowerBound == 0 ? [] : [RunPlan.Attachment(time: .zero, attached: true)]
            let last =
                away.upperBound == 60 ? [] : [RunPlan.Attachment(time: .seconds(away.upperBound), attached: true)]
            return first + [.init(time: .seconds(away.lowerBound), attached: false)] + last
        }
    }

    let paths: [Path]

    init(_ paths: [Path]) { self.paths = paths }

    func run(
        _ strategy: StrategyName, control: String = "cubic", workload: Workload = Workload(), routes: [RouteChange] = []
    ) -> FluidRun? {
        var transport = Transport()
        transport.congestionControl = control
        let planned = paths.indices.map { index in
            RunPlan.Path(
                name: "p\(index)", kind: index == 0 ? .wifi : .cellular, downTable: "\(index).down",
                upTable: "\(index).up", downJitter: .zero, upJitter: .zero, attachments: paths[index].attachments)
        }
        let names = planned.map(\.name)
        let known = StrategyRegistry.find(strategy.description, over: names)
        let plan = RunPlan(
            id: "test", strategy: strategy, connections: known?.connections(over: names) ?? [], seed: 1, paths: planned,
            offset: .zero, duration: .seconds(60),
            workload: workload, transport: transport, mobility: Mobility(), routes: routes)
        var tables: [String: LinkTable] = [:]
        for (index, path) in paths.enumerated() {
            tables["\(index).down"] = path.table
            tables["\(index).up"] = path.table
        }
        do {
            return try FluidRun(plan: plan, tables: tables)
        } catch {
            Issue.record(error)
            return nil
        }
    }
}
