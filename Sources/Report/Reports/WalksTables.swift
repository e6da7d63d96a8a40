// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Results

/// Tables that compare several walks as a whole.
enum WalksTables {
    static let headline = "mptcp/optimal"

    /// A row for each walk and one for all of them; each says what its interval is over. A column in which no walk has
    /// a value is left out: replays of hand-offs, for example, have no Optimal TCP, and their gaps and gates count
    /// instead.
    static func walks(of result: WalksResult) -> ResultTable {
        let hasRatio = result.walks.contains { $0.ratio(headline)?.value != nil }
        let hasGates = result.walks.contains { !$0.gates.isEmpty }
        let hasMPTCP = result.walks.contains { $0.goodput != nil }
        func of<Value>(_ isThere: Bool, _ value: Value) -> Value? { isThere ? value : nil }
        let headers: [String?] = [
            "walk", of(hasMPTCP, "MPTCP Mb/s"), of(hasMPTCP, "longest gap, max"), of(hasRatio, headline),
            of(hasRatio, "95 %"),
            of(hasRatio, "over"), of(hasRatio, "smallest difference"), of(hasGates, "gates met"),
        ]
        let present = headers.compactMap { $0 }
        var table = ResultTable(
            "Walks", headers: present, textColumns: Set([present.firstIndex(of: "over")].compactMap { $0 }))
        for walk in result.walks {
            let ratio = walk.ratio(headline)
            let met = walk.gates.count { $0.outcome == .met }
            let cells: [HTMLTable.Cell?] = [
                of(hasMPTCP, .init(text: Wording.number(walk.goodput?.megabitsPerSecond, 2))),
                of(hasMPTCP, .init(text: Wording.seconds(walk.longestGap))),
                of(hasRatio, .init(text: Wording.value(ratio))), of(hasRatio, .init(text: Wording.interval(ratio))),
                of(hasRatio, .init(text: Wording.count(walk.seeds, "seed"))),
                of(hasRatio, .init(text: Wording.smallestDifference(ratio))),
                of(
                    hasGates,
                    .init(
                        text: walk.gates.isEmpty ? Wording.unknown : "\(met) of \(walk.gates.count)",
                        isBad: walk.gates.contains { $0.outcome == .missed })),
            ]
            table.add(walk.directory + (walk.isTrustworthy ? "" : " (not trustworthy)"), cells: cells.compactMap { $0 })
        }
        if let overall = result.overall(headline) {
            let cells: [String?] = [
                of(hasMPTCP, ""), of(hasMPTCP, ""), Wording.value(overall.ratio), Wording.interval(overall.ratio),
                Wording.count(overall.walks, "walk"), Wording.smallestDifference(overall.ratio), of(hasGates, ""),
            ]
            table.add("mean of the walks", cells, style: .lead)
        }
        return table
    }

    /// Gates that some walk missed or could not judge.
    static func gates(of result: WalksResult) -> ResultTable {
        var table = ResultTable(
            "Gates that were not met", headers: ["walk", "gate", "", "found"], textColumns: [1, 2, 3])
        for walk in result.walks {
            for gate in walk.gates where gate.outcome != .met {
                table.add(
                    walk.directory,
                    cells: [
                        .init(text: gate.gate),
                        .init(text: GateTables.name(of: gate.outcome), isBad: gate.outcome == .missed),
                        .init(text: gate.finding),
                    ])
            }
        }
        return table
    }

    /// Means, over the walks, of each walk's mean.
    static func overall(of result: WalksResult) -> ResultTable {
        var table = ResultTable(
            "Every ratio over all walks",
            headers: [
                "ratio", "mean", "95 % over walks", "smallest difference", "lowest walk", "highest walk", "walks",
            ])
        for overall in result.overall {
            let values = result.walks.compactMap { $0.ratio(overall.ratio.name)?.value }
            table.add(
                overall.ratio.name,
                [
                    Wording.value(overall.ratio), Wording.interval(overall.ratio),
                    Wording.smallestDifference(overall.ratio), Wording.number(values.min(), 3),
                    Wording.number(values.max(), 3), "\(overall.walks)",
                ], style: overall.ratio.name == headline ? .lead : .plain)
        }
        return table
    }

    /// Every ratio of every walk, as a mean over the walk's seeds.
    static func matrix(of result: WalksResult) -> ResultTable {
        var table = ResultTable("Every walk", headers: ["mean over seeds"] + result.walks.map(\.directory))
        for name in result.names {
            table.add(
                name, result.walks.map { Wording.value($0.ratio(name)) }, style: name == headline ? .lead : .plain)
        }
        return table
    }

    /// The answer over all walks; ends with a full stop.
    static func sentence(of result: WalksResult) -> String {
        guard let overall = result.overall(headline), let value = overall.ratio.value else {
            let known = result.walks.count { $0.ratio(headline)?.value != nil }
            return known == 1
                ? "Only one walk compares MPTCP with Optimal TCP, so there is no mean over walks."
                : withoutRatio(result)
        }
        var text = "Over \(overall.walks) walks MPTCP moved \(HeadlineSentence.comparison(value)) Optimal TCP"
        guard let low = overall.ratio.low, let high = overall.ratio.high else { return text + "." }
        text += " (95 % over walks: \(HeadlineSentence.signedPercent(low)) to \(HeadlineSentence.signedPercent(high)) %"
        text += low <= 1 && high >= 1 ? ", so it is open which moves more)." : ")."
        return text
    }

    private static func withoutRatio(_ result: WalksResult) -> String {
        let gates = result.walks.flatMap(\.gates)
        guard !gates.isEmpty else { return "No walk compares MPTCP with Optimal TCP, so there is no mean over walks." }
        let met = gates.count { $0.outcome == .met }
        return
            "\(met) of \(Wording.count(gates.count, "gate")) on \(Wording.count(result.walks.count, "walk")) "
            + "are met; no walk compares "
            + "MPTCP with Optimal TCP, so there is no mean over walks."
    }

    /// The sentences right below the answer; empty if there is no overall ratio.
    static func resolution(of result: WalksResult) -> [String] {
        guard let smallest = result.overall(headline)?.ratio.smallestDifference else { return [] }
        return [
            "The smallest difference that this number of walks can detect is "
                + "\((smallest * 100).text(decimals: 1)) % (two-sided 5 % level, 80 % power)."
        ]
    }

    static let note =
        "An interval over seeds shows how well the mean of one walk is known. An interval over walks shows what to "
        + "expect of another walk of this kind. Each walk counts once, with the mean over its seeds."
}
