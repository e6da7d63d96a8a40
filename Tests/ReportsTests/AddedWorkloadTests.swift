// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Quantities
import Results
import Testing
import TestWorkload

@testable import Reports

@Suite struct `Results of a workload that is not built in` {
    @Test func `are told in its own words, and read back`() throws {
        try Polls.register()
        let polls = Polls(
            answer: ByteCount(5000), every: .milliseconds(250), burst: 20, burstAt: .seconds(4),
            deadline: .milliseconds(80))
        let result = Fixture.result(.init(seconds: 30, seeds: [1, 2], rich: true, workload: Workload(polls)))
        #expect(
            ComparisonDocument.workload(result.replay.workload)
                == .object([
                    "kind": .string("polls"), "answer_bytes": .integer(5000), "every_s": .number(0.25),
                    "burst": .integer(20), "burst_at_s": .number(4), "deadline_s": .number(0.08),
                ]))
        let saved = try SavedComparison(result)
        #expect(saved.result.replay.workload == Workload(polls))
        let summary = result.runs[0].exchangeSummary(Workload(polls))
        #expect(summary.count == result.runs[0].exchanges.count && summary.count > 20)
        #expect(summary.deadlineMisses ?? 0 > 0)
        let page = HTMLReport.text(of: saved.result)
        for text in [
            ": polling over wifi and cellular", "Share of answers complete", "not complete 80 ms after it was due",
            "not defined for a workload of kind polls",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(ExchangeTables.times(of: result).headers.last == "too late")
    }

    @Test func `are refused by a program that does not have it, by its name`() throws {
        guard case .object(var document) = ComparisonDocument.json(of: Fixture.result(.init(seconds: 12, seeds: [1]))),
            case .object(let workload)? = document["workload"]
        else {
            Issue.record("no workload in the document")
            return
        }
        document["workload"] = .object(workload.merging(["kind": .string("chess")]) { $1 })
        let bytes = Array(JSON.object(document).text.utf8)
        let reader = try JSONReader(document: bytes, path: "comparison.json", schema: ComparisonDocument.schema)
        let fault = #expect(throws: Fault.self) { try ComparisonDocument.read(reader) }
        let told = "comparison.json: is of a workload of kind 'chess', which this program does not know"
        #expect(fault?.message.hasPrefix(told) == true, "\(fault?.message ?? "")")
    }
}
