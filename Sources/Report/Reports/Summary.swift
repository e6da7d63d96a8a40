// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Results

/// summary.md: the result, written to be posted as a comment on a pull request.
package enum Summary {
    package static func markdown(of result: ComparisonResult) -> String {
        let environment = result.environment
        let blocks = [
            "### Walkback: \(Markup.markdown(result.replay.name))\n",
            "**\(Markup.markdown(HeadlineSentence.text(of: result)))**\n",
            HeadlineSentence.resolution(of: result).map { "\(Markup.markdown($0))\n" }.joined(),
            GateTables.sentence(of: result).map { "\(Markup.markdown($0))\n" } ?? "",
            GateTables.gates(of: result).markdown,
            StrategyTables.strategies(of: result, whole: false).markdown,
            details("Ratios", StrategyTables.ratios(of: result, whole: false)),
            CompetitionTables.flows(of: result).markdown,
            CompetitionTables.sentence(of: result).map { "\(Markup.markdown($0))\n" } ?? "",
            details("Where built Optimal TCP's bytes went", BuiltTables.causes(of: result)),
            details("Energy under every model", EnergyTables.models(of: result)),
            ExchangeTables.times(of: result).markdown,
            details("Hand-offs", HandoffTables.grouped(of: result)),
            "\(Markup.markdown(FidelitySummary(result).sentence))\n",
            "Linux \(Markup.markdown(environment.kernelRelease)), "
                + "\(Markup.markdown(Wording.congestionControl(of: environment))), walkback "
                + "\(Markup.markdown(environment.walkback)), replay \(digest(result.replay.sha256)). "
                + "Intervals are over seeds of one walk, not over walks. To repeat it:\n",
            Markup.markdownCode(result.command),
        ]
        return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// The beginning of a digest. A foreign result may have any text in its place, also one that would end the code.
    private static func digest(_ text: String) -> String {
        let start = String(text.prefix(12))
        return start.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } ? "`\(start)`" : Markup.markdown(start)
    }

    /// A collapsed section, so that the comment stays short.
    private static func details(_ name: String, _ table: ResultTable) -> String {
        table.isEmpty ? "" : "<details><summary>\(name)</summary>\n\n\(table.markdown)\n</details>\n"
    }
}
