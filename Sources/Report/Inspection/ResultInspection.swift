// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import FoundationEssentials
import System

/// A comparison's results, reduced to what a summary needs.
enum ResultInspection {
    // The document's own keys.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Document: Decodable {
        struct Replay: Decodable {
            var name: String
            var duration_s: Double
        }
        struct Run: Decodable {
            var strategy: String
            var direction: String
            var goodput_mbps: Double?
            var longest_gap_s: Double?
        }
        struct Ratio: Decodable {
            var name: String
            var seed: Seed
            var value: Double?
            var low: Double?
            var high: Double?
        }
        /// A number, or "all".
        struct Seed: Decodable {
            var isAll: Bool
            init(from decoder: any Decoder) throws {
                isAll = (try? decoder.singleValueContainer().decode(String.self)) == "all"
            }
        }
        var schema: String
        var headline: String?
        var replay: Replay
        var runs: [Run]
        var ratios: [Ratio]
    }

    private static let schemas = ["walkback.comparison/2", "walkback.comparison/1"]
    private static let barWidth = 40

    static func inspect(_ name: String) throws -> Inspection {
        let file = try InputFile.read(name)
        try JSON.check(file.bytes, path: name)
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(file.bytes))
        } catch {
            throw Fault.input(
                name, "is JSON, but not a result of the schema '\(schemas[0])'; name the directory of a comparison")
        }
        guard schemas.contains(document.schema) else {
            throw Fault.input(
                name,
                "has the schema '\(document.schema.prefix(60))', but this walkback reads '\(schemas[0])'; compare again"
            )
        }
        return inspection(document, name)
    }

    private static func inspection(_ document: Document, _ name: String) -> Inspection {
        struct Key: Hashable {
            var strategy: String
            var direction: String
        }
        var order: [Key] = []
        var runs: [Key: [Document.Run]] = [:]
        for run in document.runs {
            let key = Key(strategy: run.strategy, direction: run.direction)
            if runs[key] == nil { order.append(key) }
            runs[key, default: []].append(run)
        }
        let rows = order.map { key -> (key: Key, count: Int, goodput: Double, gap: Double) in
            let own = runs[key] ?? []
            let goodputs = own.compactMap(\.goodput_mbps)
            let mean = goodputs.isEmpty ? Double.nan : goodputs.reduce(0, +) / Double(goodputs.count)
            return (key, own.count, mean, own.compactMap(\.longest_gap_s).max() ?? .nan)
        }
        let best = rows.map(\.goodput).filter(\.isFinite).max() ?? 0
        var table = TextTable(textColumns: [1, 5])
        table.add(["strategy", "direction", "runs", "mean Mb/s", "longest gap s", ""])
        for row in rows {
            let length = best > 0 && row.goodput.isFinite ? Int((row.goodput / best * Double(barWidth)).rounded()) : 0
            table.add([
                row.key.strategy, row.key.direction, "\(row.count)", row.goodput.text(decimals: 3),
                row.gap.text(decimals: 2), String(repeating: "█", count: length),
            ])
        }
        let ratios = document.ratios.filter(\.seed.isAll)
        var ratioTable = TextTable()
        ratioTable.add(["ratio", "value", "low", "high"])
        for ratio in ratios {
            ratioTable.add([ratio.name] + [ratio.value, ratio.low, ratio.high].map { ($0 ?? .nan).text(decimals: 3) })
        }
        let head = "\(name): comparison on '\(document.replay.name)', \(document.replay.duration_s.text()) s\n"
        let headline = document.headline.map { "\($0)\n" } ?? ""
        return Inspection(
            kind: "comparison",
            [
                "replay": .string(document.replay.name), "seconds": .number(document.replay.duration_s),
                "strategies": .array(
                    rows.map {
                        .object([
                            "name": .string($0.key.strategy), "direction": .string($0.key.direction),
                            "runs": .integer(Int64($0.count)), "mean_goodput_mbps": .number($0.goodput),
                            "longest_gap_s": .number($0.gap),
                        ])
                    }),
                "ratios": .array(
                    ratios.map {
                        .object([
                            "name": .string($0.name), "value": .optional($0.value), "low": .optional($0.low),
                            "high": .optional($0.high),
                        ])
                    }),
            ], text: [head + headline, table.text, ratioTable.text].joined(separator: "\n"))
    }
}
