// SPDX-License-Identifier: Apache-2.0
import Comparison
import Determinism
import Documents
import Inspection
import Reports
import Sweeps
import System
import SystemPackage

extension FuzzTargets {
    /// The documents of results, which somebody else may have sent.
    static let results = [
        FuzzTarget("json", seeds: { [Array(#"{"a": [1, -2.5e3, null, true], "b": {"c": "\u00e9\n\"x\""}}"#.utf8)] }) {
            let document = try JSON.parse($0, path: "document.json")
            let again = try JSON.parse(Array(document.text.utf8), path: "again.json")
            try expect(again.text == document.text, "a document is read back as another one")
        },
        FuzzTarget("comparison", seeds: { [try ResultSeeds.comparison()] }) { input in
            let parts = ResultSeeds.withSizes(Parts(input, 4))
            let names = [
                SavedComparison.documentName, SavedComparison.seriesName, SavedComparison.linksName,
                SavedComparison.delaysName,
            ]
            _ = try? Inspection.of(Scratch.write("comparison.json", parts[0]))
            let saved = try SavedComparison(directory: "results") { name in
                names.firstIndex(of: name).map { parts[$0] }
            }
            _ = saved.report
            let now = Baseline(walks: [try Baseline.Walk(saved, name: "walk")])
            let again = try Baseline(document: Array(now.json.text.utf8), path: "baseline.json")
            let check = try RegressionCheck(now, against: again, gates: [:], baselinePath: "baseline.json")
            let report = CheckReport(walks: [("walk", saved.result)], check: check)
            _ = (report.markdown, report.junit)
        },
        FuzzTarget("baseline", seeds: { [try ResultSeeds.baseline()] }) { input in
            let baseline = try Baseline(document: input, path: "baseline.json")
            let now = try Baseline(document: ResultSeeds.baseline(), path: "now.json")
            for (one, other) in [(now, baseline), (baseline, now), (baseline, baseline)] {
                // Baselines of other walks cannot be compared.
                guard let check = try? RegressionCheck(one, against: other, gates: [:], baselinePath: "baseline.json")
                else { continue }
                let report = CheckReport(walks: [], check: check)
                _ = (report.markdown, report.junit)
            }
            _ = baseline.json.text
        },
        FuzzTarget("walks", seeds: { [Array(ResultSeeds.walks.utf8)] }) { input in
            // The document of several walks, one of which is there.
            let directory = try Scratch.emptyDirectory("walks")
            let walk = try directory.subdirectory("one")
            for (name, bytes) in try ResultSeeds.savedWalk.get() { try walk.write(bytes, to: name) }
            try directory.write(input, to: "walks.json")
            let results = try SavedResults(directory.path)
            try results.writeReports()
            let report = try results.check(against: nil, settings: RegressionCheck.Settings())
            _ = (report.markdown, report.junit)
        },
        FuzzTarget("sweep-cells", seeds: { [ResultSeeds.cells] }) { input in
            // What the part says of itself, and its cells.
            let parts = Parts(input, 3)
            let part = try Scratch.emptyDirectory("part")
            let cells = try part.subdirectory("cells")
            try cells.write(parts[0], to: "sweep.json")
            for index in 0..<2 { try cells.write(parts[index + 1], to: "00000\(index).json") }
            let output = FilePath(Scratch.path("merged"))
            _ = try Scratch.emptyDirectory("merged")
            let result = try SweepMerge.run([part.path], output: output)
            _ = (SweepTable.text(of: result), SweepReport.html(of: result), result.document)
        },
    ]
}

enum ResultSeeds {
    private static func saved() throws -> SavedComparison {
        let (plan, record, series) = try GuestSeeds.run()
        return try GuestSeeds.saved(record, plan, series)
    }

    /// The documents of a comparison.
    static func comparison() throws -> [UInt8] {
        let saved = try saved()
        return Parts.joined([saved.document, saved.series, saved.links, saved.delays])
    }

    /// The files of one walk's results.
    static let savedWalk = Result {
        let saved = try Self.saved()
        return [
            (SavedComparison.documentName, saved.document), (SavedComparison.seriesName, saved.series),
            (SavedComparison.linksName, saved.links), (SavedComparison.delaysName, saved.delays),
        ]
    }

    static let walks = """
        {"schema": "walkback.walks/2", "command": "walkback compare one.yaml two.yaml",
        "environment": {"walkback": "1.0.0", "kernel": {"release": "6.12.0"}}, "walks": [{"directory": "one"}]}
        """

    /// The parts with the sizes of the files in the document, which no mutation would keep right.
    static func withSizes(_ parts: Parts) -> [[UInt8]] {
        var all = (0..<4).map { parts[$0] }
        guard case .object(var members)? = try? JSON.parse(all[0], path: ""), members["files"] != nil else {
            return all
        }
        let names = [SavedComparison.seriesName, SavedComparison.linksName, SavedComparison.delaysName]
        let sizes = zip(names, all[1...]).map { ($0, JSON.integer(Int64($1.count))) }
        members["files"] = .object(Dictionary(sizes) { first, _ in first })
        all[0] = Array(JSON.object(members).text.utf8)
        return all
    }

    static func baseline() throws -> [UInt8] {
        Array(Baseline(walks: [try Baseline.Walk(saved(), name: "walk")]).json.text.utf8)
    }

    /// A part of a sweep of two cells.
    static let cells: [UInt8] = {
        let identity = """
            {"columns": ["walk"], "command": "walkback sweep small.yaml", "definition": "name: small",
            "engine": "kernel", "isWalk": [true], "kernelPatches": [], "kernelRelease": "6.12.0", "kernelSHA256": "",
            "name": "small", "sha256": "", "values": [["1", "2"]], "walkback": "1.0.0"}
            """
        var hash = SHA256()
        hash.update(Array("small\n\nkernel\n1.0.0\n6.12.0\n".utf8))
        let row = """
            "direction": "down", "duration": [0, 8000000000000000000], "energy": {"hybrid": 4.5}, "wire": {}
            """
        let cell = """
            {"key": "\(hash.hexadecimal())", "rows": [
            {"kind": "run", "strategy": "mptcp", "seed": 1, "delivered": 9000, "verified": true, "violations": 0,
            \(row)},
            {"kind": "bound", "strategy": "optimal", "seed": 1, "delivered": 8000, \(row)}]}
            """
        return Parts.joined([identity, cell, cell])
    }()
}
