import Documents
import Plans
import Quantities
import Results

/// What was transferred, and of workloads that consist of exchanges how long they took.
extension ComparisonDocument {
    static func workload(_ workload: Workload) -> JSON {
        var members: [String: JSON] = ["kind": .string(workload.kind.rawValue)]
        switch workload.kind {
        case .download, .upload, .both:
            members["bytes"] = .bytes(workload.size)
        case .requests:
            members["size_bytes"] = .bytes(workload.requests.medianSize)
            members["sigma"] = .number(workload.requests.sigma)
            members["think_s"] = .number(workload.requests.think.seconds)
        case .stream:
            members["rate_mbps"] = .number(workload.stream.rate.megabitsPerSecond)
            members["interval_s"] = .number(workload.stream.interval.seconds)
            members["deadline_s"] = .number(workload.stream.deadline.seconds)
        }
        return .object(members)
    }

    /// Why there are no oracles and no ratios; null where there are.
    static func notCompared(_ workload: Workload) -> JSON {
        guard !workload.isBulk else { return .null }
        return .string(
            "The oracles say what is carried at most, and a workload of kind \(workload.kind.rawValue) does not ask for as much "
                + "as can be carried: compare how long its exchanges take.")
    }

    /// null of a workload in bulk.
    static func exchanges(of run: ComparisonResult.Run, _ workload: Workload) -> JSON {
        workload.isBulk ? .null : .object(members(of: run.exchangeSummary(workload)))
    }

    /// Of every strategy, all seeds together; null of a workload in bulk.
    static func pooledExchanges(of result: ComparisonResult) -> JSON {
        guard !result.replay.workload.isBulk else { return .null }
        return .array(
            ExchangeTotals.all(of: result).map { totals in
                .object(
                    members(of: totals.summary).merging(["strategy": .string(totals.strategy.description)]) { $1 })
            })
    }

    private static func members(of summary: ExchangeSummary) -> [String: JSON] {
        func quantile(_ share: Double) -> JSON { .optional(summary.quantile(share)?.seconds) }
        return [
            "count": .integer(Int64(summary.count)), "completed": .integer(Int64(summary.completed)),
            "unfinished": .integer(Int64(summary.unfinished)),
            "deadline_misses": summary.deadlineMisses.map { .integer(Int64($0)) } ?? .null,
            "p50_s": quantile(0.5), "p90_s": quantile(0.9), "p95_s": quantile(0.95), "p99_s": quantile(0.99),
            "max_s": .optional(summary.longest?.seconds),
            "cdf": .array(summary.curve.map { .array([.number($0.time.seconds), .number($0.share)]) }),
        ]
    }
}

/// The same read back.
extension ComparisonDocument {
    static func readWorkload(_ document: JSONReader) throws -> Workload {
        var workload = Workload(kind: try document["kind"].choice())
        switch workload.kind {
        case .download, .upload, .both:
            workload.size = try document.optional("bytes")?.bytes
        case .requests:
            workload.requests.medianSize = try document["size_bytes"].bytes
            workload.requests.sigma = try document["sigma"].number
            workload.requests.think = try document["think_s"].seconds
        case .stream:
            workload.stream.rate = .megabitsPerSecond(try document["rate_mbps"].number)
            workload.stream.interval = try document["interval_s"].seconds
            workload.stream.deadline = try document["deadline_s"].seconds
        }
        return workload
    }

    static func readExchanges(_ document: JSONReader) throws -> ExchangeSummary {
        ExchangeSummary(
            count: Int(try document["count"].integer), completed: Int(try document["completed"].integer),
            deadlineMisses: try document.optional("deadline_misses").map { Int(try $0.integer) },
            longest: try document.optional("max_s")?.seconds,
            distribution: try document["cdf"].elements.map { step in
                let pair = try step.elements
                guard pair.count == 2 else {
                    throw Fault.input(step.path, "'\(step.place)' is no time and share: compare again")
                }
                return .init(time: try pair[0].seconds, share: try pair[1].number)
            })
    }
}
