import Runs
import Units

/// summary.md: the result as a comment on a pull request.
package enum Summary {
    package static func markdown(of result: ComparisonResult) -> String {
        var lines = [
            "### Walkback: \(escaped(result.replay.name))", "", "**\(escaped(HeadlineSentence.text(of: result)))**", "",
        ]
        lines += ["| | mean MB | 95 % over seeds | Mb/s | longest gap |", "|---|---:|---:|---:|---:|"]
        for totals in StrategyTotals.all(of: result) {
            let cells = [
                escaped(totals.strategy.description), ComparisonTable.mean(totals.megabytes, 1),
                ComparisonTable.interval(totals.megabytes, 1), ComparisonTable.mean(totals.goodput, 2),
                "\(totals.longestGap.seconds.text(decimals: 2)) s",
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        for bound in BoundTotals.all(of: result) where bound.kind != .variant {
            let cells = [
                "*\(bound.name)*", ComparisonTable.mean(bound.megabytes, 1),
                ComparisonTable.interval(bound.megabytes, 1), ComparisonTable.mean(bound.goodput, 2), "",
            ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        let environment = result.environment
        lines += [
            "", FidelitySummary(result).sentence.isEmpty ? "" : escaped(FidelitySummary(result).sentence), "",
            "Linux \(escaped(environment.kernelRelease)), \(escaped(environment.congestionControl)), walkback "
                + "\(escaped(environment.walkback)), replay `\(result.replay.sha256.prefix(12))`. "
                + "Intervals are over seeds of one walk, not over walks. Again with:",
            "", "```", "\(result.command)", "```",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Names come from files: what Markdown or HTML would read as its own is written out.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "<": escaped += "&lt;"
            case "&": escaped += "&amp;"
            case "|", "*", "_", "`", "[", "]", "\\": escaped += "\\\(character)"
            case "\n", "\r", "\r\n": escaped += " "
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
