// SPDX-License-Identifier: Apache-2.0
import Bounds
import Plans
import Quantities
import Results
import Statistics

/// What each strategy delivered and what the oracles allow, as tables.
enum StrategyTables {
    /// - Parameter whole: whether to show every column; otherwise the table fits a terminal.
    static func strategies(of result: ComparisonResult, whole: Bool) -> ResultTable {
        let all = StrategyTotals.all(of: result)
        let bounds = BoundTotals.all(of: result)
        let hasRatio = all.contains { $0.ratio != nil }
        let hasEnergy = all.contains { $0.energy != nil }
        // For a workload of a fixed size all strategies move the same bytes, so what counts is when they are done.
        let isTimed = result.replay.workload.size != nil
        let seeds = Set(result.runs.map(\.seed)).count
        // An interval of the megabytes includes the walk's own spread over start offsets; the interval of the ratio
        // does not.
        let hasSpread = whole || !hasRatio
        func row(_ amount: Sample, _ goodput: Sample, _ totals: StrategyTotals?) -> [String?] {
            let left = isTimed && amount.values.count < seeds ? ", \(amount.values.count) of \(seeds)" : ""
            return [
                isTimed ? "\(Wording.seconds(amount.mean.map { .seconds($0) }))\(left)" : Wording.mean(amount, 1),
                hasSpread ? Wording.interval(amount, isTimed ? 2 : 1) : nil,
                Wording.mean(goodput, 2), hasRatio ? totals.map { Wording.value($0.ratio) } ?? "" : nil,
                hasRatio ? totals.map { Wording.interval($0.ratio) } ?? "" : nil,
                totals.map { Wording.seconds($0.meanLongestGap) } ?? "",
                totals.map { Wording.seconds($0.longestGap) } ?? "",
                hasEnergy ? totals.map { Wording.mean($0.energy?.joules, 1) } ?? "" : nil,
                hasEnergy ? totals.map { Wording.mean($0.energy?.efficiency, 3) } ?? "" : nil,
            ]
        }
        let interval = "95 % over \(Wording.count(seeds, "seed"))"
        let headers: [String?] = [
            "", isTimed ? "all transferred in" : "MB", hasSpread ? interval : nil, "Mb/s",
            hasRatio ? "to Optimal TCP" : nil, hasRatio ? interval : nil,
            "longest gap, mean", "longest gap, max", hasEnergy ? "J" : nil, hasEnergy ? "Mb/J" : nil,
        ]
        var table = ResultTable("Strategies", headers: headers.compactMap { $0 })
        if !all.isEmpty { table.addGroup("Measured") }
        for totals in all {
            table.add(
                totals.strategy.description, row(isTimed ? totals.times : totals.megabytes, totals.goodput, totals),
                style: totals.strategy == .mptcp ? .lead : .plain)
        }
        for (index, bound) in bounds.enumerated() {
            if index == 0 || bounds[index - 1].group != bound.group { table.addGroup(bound.group.heading) }
            table.add(
                bound.label, row(isTimed ? bound.times : bound.megabytes, isTimed ? Sample([]) : bound.goodput, nil),
                style: bound.isVariant ? .sub : bound.group == .optimal ? .lead : .plain)
        }
        return table
    }

    /// Means over seeds.
    ///
    /// - Parameter whole: whether to show the extremes, and what each strategy is compared with.
    static func ratios(of result: ComparisonResult, whole: Bool) -> ResultTable {
        let known = result.ratios.filter { $0.seed == nil && $0.value != nil }
        let headers: [String?] = [
            "ratio", "mean", "95 % over seeds", "smallest difference", whole ? "lowest" : nil, whole ? "highest" : nil,
            whole ? "against" : nil,
        ]
        var table = ResultTable("Ratios", headers: headers.compactMap { $0 }, textColumns: whole ? [6] : [])
        for ratio in known {
            let seeds = result.ratios.compactMap { $0.name == ratio.name && $0.seed != nil ? $0.value : nil }
            table.add(
                ratio.name,
                [
                    Wording.value(ratio), Wording.interval(ratio), Wording.smallestDifference(ratio),
                    whole ? Wording.number(seeds.min(), 3) : nil, whole ? Wording.number(seeds.max(), 3) : nil,
                    whole ? meaning(of: ratio.name) : nil,
                ], style: ratio.name == "mptcp/optimal" ? .lead : .plain)
        }
        return table
    }

    private static func meaning(of name: String) -> String {
        // A ratio of the second direction has the same meaning.
        let name = name.split(separator: ":").last.map(String.init) ?? name
        if name == "mptcp/optimal" { return "the strongest Optimal TCP (the headline)" }
        guard let bound = name.split(separator: "/").last, bound != BoundName.optimal.rawValue else {
            return "the strongest Optimal TCP"
        }
        return KnownBounds[BoundName(rawValue: String(bound))]?.summary
            ?? "a bound that this program does not know"
    }
}
