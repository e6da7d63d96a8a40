// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results
import Statistics
import Verification

/// Where built Optimal TCP lost bytes compared to the spliced one.
enum BuiltTables {
    static func name(of cause: ComparisonResult.BuiltWindow.Cause) -> String {
        switch cause {
        case .away: "path away or silent"
        case .switched: "after a switch"
        case .chosenOtherwise: "another path chosen"
        case .other: "other"
        }
    }

    /// Means over seeds.
    static func causes(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable(
            "Where built Optimal TCP's bytes went",
            headers: ["windows", "of them", "spliced MB", "built MB", "missing MB", "95 % over seeds", "of spliced"])
        let seeds = Set(result.builtWindows.map(\.seed)).sorted()
        guard !seeds.isEmpty else { return table }
        let total = result.builtWindows.map(\.spliced.megabytes).reduce(0, +) / Double(seeds.count)
        func add(
            _ name: String, _ style: ResultTable.Style, _ isMeant: (ComparisonResult.BuiltWindow) -> Bool
        ) {
            let windows = seeds.map { seed in result.builtWindows.filter { $0.seed == seed && isMeant($0) } }
            func sample(_ bytes: (ComparisonResult.BuiltWindow) -> ByteCount) -> Sample {
                Sample(windows.map { $0.map(bytes).reduce(.zero, +).megabytes })
            }
            let missing = sample(\.missing)
            table.add(
                name,
                [
                    Wording.mean(Sample(windows.map { Double($0.count) }), 1), Wording.mean(sample(\.spliced), 2),
                    Wording.mean(sample(\.built), 2), Wording.mean(missing, 2),
                    Wording.interval(missing, 2, isSigned: true),
                    total > 0 ? "\(Wording.number(missing.mean.map { $0 / total * 100 }, 1)) %" : Wording.unknown,
                ], style: style)
        }
        for cause in ComparisonResult.BuiltWindow.Cause.allCases { add(name(of: cause), .plain) { $0.cause == cause } }
        add("all", .lead) { _ in true }
        return table
    }

    /// Every window of one seed.
    static func windows(of result: ComparisonResult, seed: UInt64?) -> ResultTable {
        var table = ResultTable(
            "Every window",
            headers: ["from", "built on", "spliced from", "spliced MB", "built MB", "missing MB", "cause"],
            textColumns: [1, 2, 6])
        for window in result.builtWindows where window.seed == seed {
            table.add(
                "\(window.span.lowerBound.seconds.text()) s",
                [
                    window.builtPath ?? "none", window.splicedPath ?? "none",
                    window.spliced.megabytes.text(decimals: 3),
                    window.built.megabytes.text(decimals: 3), window.missing.megabytes.text(decimals: 3),
                    name(of: window.cause),
                ])
        }
        return table
    }

    /// A sentence about the largest part of what is missing; nil if nothing is known.
    static func sentence(of result: ComparisonResult) -> String? {
        guard let ratio = HeadlineSentence.ratio("optimal-built/spliced-optimal", of: result), let value = ratio.value,
            !result.builtWindows.isEmpty
        else { return nil }
        var text = "Built Optimal TCP moved \(HeadlineSentence.comparison(value)) the spliced one"
        if let low = ratio.low, let high = ratio.high {
            text += " (95 % over seeds: \(HeadlineSentence.signedPercent(low)) to "
            text += "\(HeadlineSentence.signedPercent(high)) %)"
        }
        let seeds = Double(Set(result.builtWindows.map(\.seed)).count)
        func missing(_ windows: [ComparisonResult.BuiltWindow]) -> Double {
            windows.reduce(0) { $0 + $1.missing.megabytes } / seeds
        }
        let all = missing(result.builtWindows)
        let parts = ComparisonResult.BuiltWindow.Cause.allCases.map { cause in
            (cause, missing(result.builtWindows.filter { $0.cause == cause }))
        }
        // If next to nothing is missing, gains and losses of single windows only cancel out.
        if value < 0.995, all > 0, let (cause, part) = parts.max(by: { $0.1 < $1.1 }) {
            text +=
                "; of the \(all.text(decimals: 1)) MB that are missing, \(part.text(decimals: 1)) MB went in "
                + "windows of the "
            text += "sort \u{201C}\(name(of: cause))\u{201D}"
            if part > all { text += ", and others gave some of it back" }
        }
        return text + "."
    }
}
