import FoundationEssentials
import Kernels
import Replays
import Runs
import SystemPackage
import Traces
import Units

/// The runs of a comparison: every strategy with every seed. Runs that are the same by construction are executed once.
struct PlannedRuns {
    struct Planned {
        let plan: RunPlan
        let tables: [String: LinkTable]
        /// Index into `distinct` of the run that is executed for this one.
        let executed: Int
    }

    struct Finished {
        let plan: RunPlan
        let tables: [String: LinkTable]
        let record: RunRecord
        let series: Series
    }

    private let all: [Planned]
    let distinct: [(plan: RunPlan, tables: [String: LinkTable])]

    init(_ replay: Replay) {
        var distinct: [(plan: RunPlan, tables: [String: LinkTable])] = []
        var all: [Planned] = []
        let tables = replay.tables()
        for strategy in replay.strategies {
            for seed in replay.seedValues {
                let plan = replay.plan(strategy: strategy, seed: seed)
                var canonical = plan
                canonical.strategy = Self.canonical(strategy, plan)
                canonical.id = "\(canonical.strategy).\(seed)"
                if let index = distinct.firstIndex(where: { $0.plan.id == canonical.id }) {
                    all.append(Planned(plan: plan, tables: tables, executed: index))
                } else {
                    all.append(Planned(plan: plan, tables: tables, executed: distinct.count))
                    distinct.append((canonical, tables))
                }
            }
        }
        self.all = all
        self.distinct = distinct
    }

    /// An application that reconnects when its path returns does nothing else than one that does not where it never goes.
    private static func canonical(_ strategy: Strategy, _ plan: RunPlan) -> Strategy {
        guard case .tcpReconnect(let name) = strategy,
            let path = plan.paths.firstIndex(where: { $0.name == name }),
            !MobilitySchedule(plan).entries.contains(where: {
                $0.path == path && ($0.action == .join || $0.action == .renumber)
            })
        else { return strategy }
        return .tcp(path: name)
    }

    func execute(
        on kernel: Kernel, jobs width: Int, in output: OutputDirectory, cancellation: Cancellation,
        progress: @escaping @Sendable (String, GuestPool.Progress) -> Void
    ) throws -> [Finished] {
        let runs = try output.makeWorkDirectory("runs")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let jobs = try distinct.map { plan, tables in
            let directory = runs.appending(plan.id)
            try OutputDirectory.makeDirectory(directory)
            try OutputDirectory.write(
                Array(try encoder.encode(plan)), to: directory.appending(RunPlan.fileName))
            var size = Int64(0)
            for (name, table) in tables {
                let bytes = table.encoded()
                size += Int64(bytes.count)
                try OutputDirectory.write(bytes, to: directory.appending(name))
            }
            // The link tables live in the guest's memory beside what a lab needs.
            let memory = max(Guest.standardMemory, ByteCount(512_000_000 + size * 2))
            return GuestJob(id: plan.id, directory: directory, seed: plan.seed, memory: memory)
        }
        let records = try GuestPool(width: width).run(jobs, on: kernel, cancellation: cancellation, progress: progress)
        let finished = try zip(records, jobs).map { result, job in
            let record = try result.get()
            return (record, try Self.series(of: record, in: job.directory))
        }
        return all.map { planned in
            let (record, series) = finished[planned.executed]
            return Finished(plan: planned.plan, tables: planned.tables, record: record, series: series)
        }
    }

    private static func series(of record: RunRecord, in directory: FilePath) throws -> Series {
        let path = directory.appending(Series.fileName)
        let links = record.links.compactMap { link in
            Direction(rawValue: link.direction).map { (path: link.path, direction: $0) }
        }
        guard let bytes = try Files.read(path), let series = Series(bytes, links: links) else {
            throw Fault(.failed, "run \(record.id) left no whole series in \(path): run it again")
        }
        return series
    }
}
