import Runs
import Units

/// Several walks compared as a whole, as tables.
enum WalksTables {
    static let headline = "mptcp/optimal"

    /// A row for each walk and one for all of them; each says what its interval is over.
    static func walks(of result: WalksResult) -> ResultTable {
        var table = ResultTable(
            "Walks", headers: ["walk", headline, "95 %", "over", "smallest difference"], textColumns: [3])
        for walk in result.walks {
            let ratio = walk.ratio(headline)
            table.add(
                walk.directory + (walk.isTrustworthy ? "" : " (not trustworthy)"),
                [
                    Wording.value(ratio), Wording.interval(ratio), Wording.count(walk.seeds, "seed"),
                    Wording.smallestDifference(ratio),
                ])
        }
        if let overall = result.overall(headline) {
            table.add(
                "mean of the walks",
                [
                    Wording.value(overall.ratio), Wording.interval(overall.ratio),
                    Wording.count(overall.walks, "walk"), Wording.smallestDifference(overall.ratio),
                ], style: .lead)
        }
        return table
    }

    /// Means over walks of the walks' means.
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

    /// Every walk's mean over its seeds, of every ratio.
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
                ? "One walk alone compares MPTCP with Optimal TCP: that says nothing of other walks, so there is no overall."
                : "No walk compares MPTCP with Optimal TCP, so there is no overall."
        }
        var text = "Over \(overall.walks) walks MPTCP moved \(HeadlineSentence.comparison(value)) Optimal TCP"
        guard let low = overall.ratio.low, let high = overall.ratio.high else { return text + "." }
        text += " (95 % over walks: \(HeadlineSentence.signedPercent(low)) to \(HeadlineSentence.signedPercent(high)) %"
        text += low <= 1 && high >= 1 ? ", which leaves open which moves more)." : ")."
        return text
    }

    /// What stands right below it; empty where there is no overall.
    static func resolution(of result: WalksResult) -> [String] {
        guard let smallest = result.overall(headline)?.ratio.smallestDifference else { return [] }
        return [
            "The smallest difference that as many walks as these could have seen is "
                + "\((smallest * 100).text(decimals: 1)) % (two-sided 5 % level, 80 % power)."
        ]
    }

    static let note =
        "The walk is the unit: an interval over seeds says how well one walk's own mean is known, the one over walks what to "
        + "expect of another walk of this sort. Each walk counts once, with the mean over its seeds."
}
