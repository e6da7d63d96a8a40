import Runs
import Units

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
        guard !workload.isBulk else { return .null }
        let summary = run.exchangeSummary(workload)
        func quantile(_ share: Double) -> JSON { .optional(summary.quantile(share)?.seconds) }
        return .object([
            "count": .integer(Int64(summary.count)), "completed": .integer(Int64(summary.completed)),
            "unfinished": .integer(Int64(summary.unfinished)),
            "deadline_misses": summary.deadlineMisses.map { .integer(Int64($0)) } ?? .null,
            "p50_s": quantile(0.5), "p90_s": quantile(0.9), "p95_s": quantile(0.95), "p99_s": quantile(0.99),
            "max_s": .optional(summary.longest?.seconds),
            "cdf": .array(summary.curve.map { .array([.number($0.time.seconds), .number($0.share)]) }),
        ])
    }

    /// null of a workload of no fixed size.
    static func completion(_ oracle: ComparisonResult.Oracle) -> JSON {
        guard let completion = oracle.completion else { return .null }
        return .object([
            "app_bytes": .bytes(completion.size), "capacity_sum_s": .optional(completion.capacitySum?.seconds),
            "capacity_optimal_s": .optional(completion.capacityOptimal?.seconds),
            "best_static_s": .optional(completion.bestStatic?.seconds),
            "spliced_optimal_s": .optional(completion.splicedOptimal?.seconds),
            "spliced_optimal_stalled_s": .optional(completion.splicedOptimalStalled?.seconds),
            "spliced_optimal_reconnect_s": .optional(completion.splicedOptimalReconnect?.seconds),
            "optimal_built_s": .optional(completion.optimalBuilt?.seconds),
        ])
    }
}
