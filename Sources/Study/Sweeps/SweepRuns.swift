// SPDX-License-Identifier: Apache-2.0
import Comparison
import Determinism
import Documents
import FoundationEssentials
import Plans
import Replays
import Settings
import Traces

/// The runs of some cells. Runs that are equal by construction, in one cell or in several, are listed once. A TCP over
/// one path is run in a lab with that path alone, so that it is the same whatever the other paths do.
struct SweepRuns: Sendable {
    /// The first place at which a run occurs; its plan and tables are made again when it is executed.
    struct Run: Sendable {
        let cell: Int
        /// The place in the order of the cell's strategies and seeds.
        let place: Int
        let duration: Duration
    }

    private(set) var distinct: [Run] = []
    /// For each cell that is to be run, in order: the run for each of its strategies and seeds.
    private(set) var cells: [(index: Int, runs: [Int])] = []
    /// The number of runs of all strategies and seeds, each counted as often as it is wanted.
    private(set) var wanted = 0
    /// What the cells require of the kernel, without duplicates.
    private(set) var demands: [KernelDemand] = []

    init(_ sweep: Sweep, cells indices: [Int]) throws {
        var known: [String: Int] = [:]
        for index in indices {
            let cell = try SweepCell(sweep, index)
            for var demand in cell.replay.demands {
                guard !demands.contains(where: { $0.kind == demand.kind && $0.name == demand.name }) else { continue }
                demand.place = "\(sweep.path): with \(sweep.title(of: index))"
                demands.append(demand)
            }
            let digests = cell.digests
            cells.append(
                (
                    index,
                    try cell.plans.indices.map { place in
                        wanted += 1
                        let key = try cell.key(of: place, digests)
                        if let run = known[key] { return run }
                        known[key] = distinct.count
                        distinct.append(Run(cell: index, place: place, duration: cell.plans[place].duration))
                        return distinct.count - 1
                    }
                ))
        }
    }
}

/// One cell with the plans of its runs.
struct SweepCell {
    let replay: Replay
    /// Plans for every strategy with every seed, in the order of the result.
    let plans: [RunPlan]
    let tables: [String: LinkTable]

    init(_ sweep: Sweep, _ index: Int) throws {
        replay = try sweep.replay(of: index)
        let replay = replay
        plans = try replay.strategies.flatMap { strategy in
            try replay.seedValues.map { try replay.plan(strategy: strategy, seed: $0) }
        }
        tables = replay.tables()
    }

    /// For each table, a hash of its content.
    var digests: [String: String] {
        tables.mapValues { table in
            var hash = SHA256()
            hash.update(table.encoded())
            return hash.hexadecimal()
        }
    }

    /// The plan and tables that are executed for a plan.
    func executable(_ place: Int) -> (plan: RunPlan, tables: [String: LinkTable]) {
        var plan = PlannedRuns.canonical(plans[place])
        if let path = plan.onlyPath {
            plan.paths.removeAll { $0.name != path }
            if plan.transport.initialPath != path { plan.transport.initialPath = nil }
        }
        let names = plan.paths.flatMap { [$0.downTable, $0.upTable] }
        return (plan, tables.filter { names.contains($0.key) })
    }

    /// Runs with equal keys are the same run.
    func key(of place: Int, _ digests: [String: String]) throws -> String {
        let (plan, tables) = executable(place)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var hash = SHA256()
        hash.update(Array(try encoder.encode(plan)))
        for name in tables.keys.sorted() {
            guard let digest = digests[name] else { throw Fault(.failed, "run \(plan.id) has no table '\(name)'") }
            hash.update(Array(digest.utf8))
        }
        return hash.hexadecimal()
    }
}
