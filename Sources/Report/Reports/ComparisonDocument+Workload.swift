// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Results

/// What was transferred and, for workloads that consist of exchanges, how long the exchanges took.
extension ComparisonDocument {
    static func workload(_ workload: Workload) -> JSON {
        var members: [String: JSON] = ["kind": .string(workload.kind.name)]
        for field in workload.kind.fields {
            members[field.documentKey] =
                switch field.value {
                case .size(let size): .bytes(size)
                case .rate(let rate): .number(rate.megabitsPerSecond)
                case .duration(let duration): .number(duration.seconds)
                case .number(let number): .number(number)
                case .count(let count): .integer(Int64(count))
                case nil: .null
                }
        }
        return .object(members)
    }

    /// Why there are no oracles and no ratios; null if there are.
    static func notCompared(_ workload: Workload) -> JSON {
        guard !workload.isBulk else { return .null }
        return .string(
            "The oracles give the most that the links can carry, but a workload of kind \(workload.kind.name) "
                + "does not use all of it; compare the times of its exchanges.")
    }

    /// null for a bulk workload.
    static func exchanges(of run: ComparisonResult.Run, _ workload: Workload) -> JSON {
        workload.isBulk ? .null : .object(members(of: run.exchangeSummary(workload)))
    }

    /// The exchanges of every strategy, with all seeds pooled; null for a bulk workload.
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

/// Reads the workload back.
extension ComparisonDocument {
    static func readWorkload(_ document: JSONReader) throws -> Workload {
        let name = try document["kind"].string
        guard var workload = Workload(kindNamed: name) else {
            throw Fault.input(
                document.path,
                "is of a workload of kind '\(name.prefix(40))', which this program does not know; use the program "
                    + "that wrote it"
            )
        }
        try workload.kind.setAll { field in
            let key = field.documentKey
            if field.isOptional, try document.optional(key) == nil { return nil }
            switch field.limits {
            case .size: return .size(try document[key].bytes)
            case .rate: return .rate(.megabitsPerSecond(try document[key].number))
            case .duration: return .duration(try document[key].seconds)
            case .number: return .number(try document[key].number)
            case .count: return .count(Int(try document[key].integer))
            }
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
                    throw Fault.input(step.path, "'\(step.place)' is not a time and a share; compare again")
                }
                return .init(time: try pair[0].seconds, share: try pair[1].number)
            })
    }
}
