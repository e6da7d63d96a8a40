// SPDX-License-Identifier: Apache-2.0
import Documents
import Results
import Plans
import Traces

/// One quantity that was measured in every seed, as a baseline keeps it and a check compares it.
package struct Quantity: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Mb/s of one strategy.
        case goodput
        case ratio
        /// The longest time without a byte, in seconds.
        case longestGap = "longest-gap"
        /// The median of the times of a run's exchanges, and their 95 % quantile, in seconds.
        case medianTime = "median-time"
        case slowTime = "95-percent-time"

        /// Whether a larger value is better.
        var isGain: Bool { self == .goodput || self == .ratio }

        var unit: String {
            switch self {
            case .goodput: "Mb/s"
            case .ratio: ""
            case .longestGap, .medianTime, .slowTime: "s"
            }
        }
    }

    package let kind: Kind
    /// `mptcp goodput`, for example, or the name that a gate has: `mptcp/optimal`, `mptcp/longest-gap`.
    package let name: String
    /// The strategy whose runs are measured; nil for a ratio.
    package let strategy: String?
    package let direction: Direction
    /// The known values, in order of the seeds.
    package let values: [(seed: UInt64, value: Double)]

    package init(
        kind: Kind, name: String, strategy: String?, direction: Direction, values: [(seed: UInt64, value: Double)]
    ) {
        self.kind = kind
        self.name = name
        self.strategy = strategy
        self.direction = direction
        self.values = values
    }

    package static func == (left: Quantity, right: Quantity) -> Bool {
        left.kind == right.kind && left.name == right.name && left.strategy == right.strategy
            && left.direction == right.direction && left.values.elementsEqual(right.values, by: ==)
    }

    /// All quantities of a comparison.
    static func all(of saved: SavedComparison) throws -> [Quantity] {
        let result = saved.result
        let documents = try saved.reader["runs"].elements
        var quantities: [Quantity] = []
        let first = result.runs.first?.direction ?? .down
        for (strategy, direction) in flows(of: result) {
            let runs = zip(result.runs, documents).filter { $0.0.strategy == strategy && $0.0.direction == direction }
            let prefix = ComparisonResult.Ratio.prefix(direction, first: first)
            func add(
                _ kind: Kind, _ name: String, _ value: (ComparisonResult.Run, JSONReader) throws -> Double?
            ) throws {
                let values = try runs.compactMap { run, document in
                    try value(run, document).map { (seed: run.seed, value: $0) }
                }.sorted { $0.seed < $1.seed }
                guard !values.isEmpty else { return }
                quantities.append(
                    Quantity(
                        kind: kind, name: prefix + name, strategy: strategy.description, direction: direction,
                        values: values))
            }
            if result.replay.workload.isBulk {
                try add(.goodput, "\(strategy) goodput") { try $1["goodput_mbps"].number }
            } else {
                try add(.medianTime, "\(strategy) median time") {
                    try $1.optional("exchanges")?.optional("p50_s")?.number
                }
                try add(.slowTime, "\(strategy) 95 % time") { try $1.optional("exchanges")?.optional("p95_s")?.number }
            }
            // Taken from the document, since a baseline was written too: the last digits of an unwritten value would
            // differ.
            try add(.longestGap, "\(strategy)/longest-gap") { try $1["longest_gap_s"].number }
        }
        return quantities + ratios(of: result)
    }

    /// Every strategy and direction, in the order in which they were run.
    static func flows(of result: ComparisonResult) -> [(strategy: StrategyName, direction: Direction)] {
        var flows: [(strategy: StrategyName, direction: Direction)] = []
        for run in result.runs where !flows.contains(where: { $0 == (run.strategy, run.direction) }) {
            flows.append((run.strategy, run.direction))
        }
        return flows
    }

    private static func ratios(of result: ComparisonResult) -> [Quantity] {
        var names: [String] = []
        for ratio in result.ratios where !names.contains(ratio.name) { names.append(ratio.name) }
        return names.compactMap { name in
            let ratios = result.ratios.filter { $0.name == name }
            let values = ratios.compactMap { ratio in
                ratio.seed.flatMap { seed in ratio.value.map { (seed: seed, value: $0) } }
            }.sorted { $0.seed < $1.seed }
            guard !values.isEmpty else { return nil }
            return Quantity(
                kind: .ratio, name: name, strategy: nil, direction: ratios[0].direction, values: values)
        }
    }
}
