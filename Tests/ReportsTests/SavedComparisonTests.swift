// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Testing
import Traces

@testable import Documents
@testable import Reports

@Suite("Saved results")
struct SavedComparisonTests {
    static func saved(_ shape: Fixture.Shape) throws -> SavedComparison { try SavedComparison(Fixture.result(shape)) }

    static func files(_ saved: SavedComparison) -> [String: [UInt8]] {
        [
            SavedComparison.documentName: saved.document, SavedComparison.seriesName: saved.series,
            SavedComparison.linksName: saved.links, SavedComparison.delaysName: saved.delays,
        ]
    }

    static let shapes: [Fixture.Shape] = [
        .init(seconds: 100, seeds: [1, 2, 3], rich: true), .init(seconds: 30, seeds: [1, 2], mptcp: false),
        .init(seconds: 30, seeds: [1, 2], violations: 2), .init(seconds: 30, seeds: [3], detaches: false),
        .init(seconds: 200, seeds: [1], rich: true, workload: Workload(Workload.Stream())),
        .init(seconds: 30, seeds: [1], rich: true, workload: Workload(Workload.Requests())),
        .init(seconds: 30, seeds: [1, 2], workload: Workload(Workload.Download(size: ByteCount(2_000_000)))),
    ]

    @Test("A report made from the files is the one that was made at once", arguments: shapes)
    func sameBytes(shape: Fixture.Shape) throws {
        let saved = try Self.saved(shape)
        let files = Self.files(saved)
        let again = try SavedComparison(directory: "out") { files[$0] }
        #expect(saved.report.map(\.name) == again.report.map(\.name))
        for (one, other) in zip(saved.report, again.report) {
            #expect(one.bytes == other.bytes, "\(one.name)")
        }
        #expect(ComparisonTable.text(of: saved.result) == ComparisonTable.text(of: again.result))
    }

    @Test("Every figure's file is known, so that it can be removed with its result", arguments: shapes)
    func names(shape: Fixture.Shape) throws {
        for file in FigureFiles.all(of: Fixture.result(shape)) {
            #expect(
                FigureFiles.fileNames.contains("\(file.name).svg") && FigureFiles.fileNames.contains("\(file.name).csv")
            )
        }
    }

    @Test("A report from the files says what the runs themselves said")
    func sameNumbers() throws {
        // No value in it lies so near the middle between two printed numbers that rounding to six digits decides.
        let result = Fixture.result(.init(seconds: 100, seeds: [1, 2, 3]))
        let saved = try SavedComparison(result)
        #expect(ComparisonTable.text(of: saved.result) == ComparisonTable.text(of: result))
        #expect(Summary.markdown(of: saved.result) == Summary.markdown(of: result))
        // Figures have a point for every 100 ms or more, so series of 10 ms and rows of 100 ms give the same.
        #expect(Figure1.csv(of: saved.result) == Figure1.csv(of: result))
    }

    @Test("Round-trip times and queues are means over a figure's step, and a path without a connection has none")
    func delays() throws {
        var result = Fixture.result(.init(seconds: 300, seeds: [1]))
        #expect(FigureSeries.step(for: result.replay.duration) == .milliseconds(500))
        for index in result.runs.indices { result.runs[index].series.delays = [] }
        result.runs[0].series.delays = [
            .init(path: "wifi", queue: [1, 2, 3, 4, 7, 10, 20], roundTrip: [0, 100, 0, 201, 0, 0, 0])
        ]
        let saved = try SavedComparison(result)
        let id = result.runs[0].id
        #expect(
            String(decoding: saved.delays, as: UTF8.self)
                == DelaysFile.header + "\(id),0.0,wifi,3,151\n\(id),0.5,wifi,15,\n")
        #expect(
            saved.result.runs[0].series.delays == [
                .init(path: "wifi", step: .milliseconds(500), queue: [3, 15], roundTrip: [151, 0])
            ])
        #expect(saved.result.runs[1].series.delays.isEmpty)
    }

    @Test("Delays of a path that the result does not have are refused with their line")
    func strangeDelays() throws {
        let name = SavedComparison.delaysName
        let fault = try fault { files in
            let text = String(decoding: files[name] ?? [], as: UTF8.self)
            files[name] = Array(text.replacing(",wifi,", with: ",wify,").utf8)
        }
        #expect(fault?.code == .badInput)
        #expect(fault?.message.hasPrefix("out/delays.csv:2: has a field that does not belong in this file") == true)
    }

    @Test("A result from before round-trip times were kept is read without them")
    func withoutDelays() throws {
        var files = Self.files(try Self.saved(.init(seconds: 12, seeds: [1])))
        files[SavedComparison.delaysName] = nil
        let name = SavedComparison.documentName
        let document = String(decoding: files[name] ?? [], as: UTF8.self)
        let line = try #require(document.split(separator: "\n").first { $0.contains("\"delays.csv\"") })
        files[name] = Array(document.replacing("\(line)\n", with: "").utf8)
        let all = files
        let saved = try SavedComparison(directory: "out") { all[$0] }
        #expect(saved.result.runs.allSatisfy { $0.series.delays.isEmpty })
        #expect(!saved.report.contains { $0.name.hasPrefix("round-trips") })
    }

    private func fault(
        _ change: (inout [String: [UInt8]]) throws -> Void
    ) throws -> Fault? {
        var files = Self.files(try Self.saved(.init(seconds: 12, seeds: [1])))
        try change(&files)
        let all = files
        return #expect(throws: Fault.self) { try SavedComparison(directory: "out") { all[$0] } }
    }

    @Test(
        "An incomplete result is refused in a sentence that names the incomplete file",
        arguments: ["series.csv", "links.csv", "delays.csv"])
    func half(name: String) throws {
        let missing = try fault { $0[name] = nil }
        #expect(missing?.code == .badInput)
        #expect(missing?.message == "out/\(name): is missing, so the result is not complete; compare again")
        let cut = try fault { $0[name] = Array($0[name]?.dropLast(30) ?? []) }
        #expect(cut?.message.hasPrefix("out/\(name): has ") == true)
        #expect(cut?.message.contains("so the result is damaged") == true)
    }

    @Test("A document that is cut off, of another schema or without runs is refused")
    func documents() throws {
        let name = SavedComparison.documentName
        #expect(
            try fault { $0[name] = nil }?.message
                == "out: holds no comparison.json, so it is not a complete result; name the --output of a comparison")
        let cut = try fault { $0[name] = Array($0[name]?.prefix(5000) ?? []) }
        #expect(cut?.code == .badInput)
        #expect(cut?.message.hasPrefix("out/comparison.json:") == true)
        let schema = try fault { files in
            let text = String(decoding: files[name] ?? [], as: UTF8.self)
            files[name] = Array(text.replacing("walkback.comparison/2", with: "walkback.comparison/9").utf8)
        }
        #expect(schema?.message.contains("has the schema 'walkback.comparison/9'") == true)
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.runs = []
        let none = Self.files(try SavedComparison(result))
        let empty = #expect(throws: Fault.self) { try SavedComparison(directory: "out") { none[$0] } }
        #expect(
            empty?.message == "out/comparison.json: holds no run, so there is nothing to report; compare again")
    }
}

@Suite("What programs and people read")
struct AgreementTests {
    /// A number of comparison.json by its path.
    private func number(_ document: JSON, _ names: String..., row: ([String: JSON]) -> Bool = { _ in true }) -> Double?
    {
        var value: JSON? = document
        for name in names {
            switch value {
            case .object(let members)?: value = members[name]
            case .array(let elements)?:
                value =
                    elements.compactMap { element -> JSON? in
                        guard case .object(let members) = element, row(members) else { return nil }
                        return members[name]
                    }.first
            default: return nil
            }
        }
        switch value {
        case .number(let number)?: return number
        case .integer(let number)?: return Double(number)
        default: return nil
        }
    }

    @Test("The same numbers stand in report.html, summary.md, the table and comparison.json")
    func agree() throws {
        let saved = try SavedComparisonTests.saved(.init(seconds: 100, seeds: [1, 2, 3], rich: true))
        let document = try JSON.parse(saved.document, path: "comparison.json")
        let texts = [
            HTMLReport.text(of: saved.result), Summary.markdown(of: saved.result),
            ComparisonTable.text(of: saved.result),
        ]
        guard case .object(let members) = document, case .string(let headline)? = members["headline"],
            case .array(let runs)? = members["runs"]
        else {
            Issue.record("no headline, or no runs")
            return
        }
        for text in texts { #expect(text.contains(headline)) }
        let names = ["mptcp/optimal", "mptcp/capacity-sum", "mptcp/best-static", "optimal-built/spliced-optimal"]
        for name in names {
            func value(_ key: String) throws -> String {
                try #require(
                    number(document, "ratios", key) { $0["name"] == .string(name) && $0["seed"] == .string("all") }
                ).text(decimals: 3)
            }
            let (mean, low, high) = (try value("value"), try value("low"), try value("high"))
            // Mean and interval stand in one row, each in its cell.
            #expect(texts[0].contains("<td>\(mean)</td><td>\(low) to \(high)</td>"), "\(name)")
            #expect(texts[1].contains("| \(mean) | \(low) to \(high) |"), "\(name)")
            let rows = texts[2].split(separator: "\n").filter { $0.hasPrefix("\(name) ") }
            #expect(rows.contains { $0.contains(" \(mean) ") && $0.contains(" \(low) to \(high) ") }, "\(name)")
        }
        // The mean goodput of each strategy, computed here from the document's runs.
        for strategy in ["mptcp", "tcp-wifi", "optimal-built", "wifi-first"] {
            let rates = runs.compactMap { run -> Double? in
                guard case .object(let run) = run, run["strategy"] == .string(strategy),
                    case .number(let rate)? = run["goodput_mbps"]
                else { return nil }
                return rate
            }
            let mean = (rates.reduce(0, +) / Double(rates.count)).text(decimals: 2)
            #expect(rates.count == 3)
            #expect(texts[0].contains("<td>\(mean)</td>"))
            #expect(texts[1].contains("| \(mean) |"))
            #expect(texts[2].contains("  \(mean)  "))
        }
    }
}

@Suite("Gates")
struct GateReportTests {
    private var result: ComparisonResult {
        var result = Fixture.result(.init(seconds: 12, seeds: [1]))
        result.gates = [
            .init(gate: "mptcp/optimal >= 0.5", quantity: "mptcp/optimal", outcome: .met, finding: "it is 1.02"),
            .init(
                gate: "mptcp/longest-gap <= 0.35 s", quantity: "mptcp/longest-gap", outcome: .missed,
                finding: "in run mptcp.1 it is <0.5> s"),
            .init(
                gate: "wifi-first/events a < b", quantity: "wifi-first/events", outcome: .notEvaluated,
                finding: "wifi-first was not run"),
        ]
        return result
    }

    @Test("junit.xml has a case for each, and one for trust")
    func junit() throws {
        let xml = JUnitReport.xml(of: result)
        #expect(xml.contains("<testsuites name=\"walkback\" tests=\"4\" failures=\"1\">"))
        #expect(xml.contains("<failure message=\"in run mptcp.1 it is &lt;0.5&gt; s\">"))
        #expect(xml.contains("<skipped message=\"wifi-first was not run\">"))
        #expect(xml.contains("name=\"mptcp/optimal &gt;= 0.5\"/>"))
        try Tags.checkBalance(xml.split(separator: "\n").dropFirst().joined(separator: "\n"))
        let doubted = JUnitReport.xml(of: Fixture.result(.init(seconds: 12, seeds: [1], violations: 1)))
        #expect(doubted.contains("failures=\"1\""))
        #expect(doubted.contains("differs from its trace"))
    }

    @Test("comparison.json, summary, table and page have them")
    func everywhere() throws {
        let result = result
        #expect(ComparisonDocument.json(of: result).text.contains("\"outcome\": \"not-evaluated\""))
        for text in [Summary.markdown(of: result), ComparisonTable.text(of: result), HTMLReport.text(of: result)] {
            #expect(text.contains("Gates: 1 of 3 met, 1 missed, 1 not evaluated."))
        }
        #expect(try SavedComparison(result).result.gates == result.gates)
    }
}
