// SPDX-License-Identifier: Apache-2.0
import Energy
import Plans
import Results
import Determinism
import Documents
import Quantities
import Traces

@testable import Sweeps

/// Sweeps and comparisons with the results that a test wants.
enum Made {
    static let models = ["hybrid", "rate-linear", "constant"]

    /// A run at `rate`, in Mb/s, for 8 s, with `efficiency`, in Mb/J, under each model.
    static func run(_ strategy: String, _ rate: Double, efficiency: [Double] = []) -> SweepRow {
        var row = row(.run, strategy, rate)
        row.verified = true
        row.violations = 0
        for (model, value) in zip(models, efficiency) { row.energy[model] = rate * 8 / value }
        return row
    }

    static func optimal(_ rate: Double) -> SweepRow { row(.bound, "optimal", rate) }

    private static func row(_ kind: SweepRow.Kind, _ strategy: String, _ rate: Double) -> SweepRow {
        SweepRow(
            kind: kind, strategy: strategy, seed: 1, direction: .down, duration: .seconds(8),
            delivered: ByteCount(Int64((rate * 1_000_000).rounded())))
    }

    /// Three walks at every value of another parameter.
    static func sweep(
        over column: String, _ values: [String], release: String = "6.12.1", _ cell: (_ walk: Int, String) -> [SweepRow]
    ) -> SweepResult {
        SweepResult(
            identity: SweepIdentity(
                name: "made", sha256: "", definition: "name: made", engine: "kernel", walkback: "0",
                kernelRelease: release, kernelPatches: [], kernelSHA256: "", command: "walkback sweep made.yaml",
                columns: ["walk", column], values: [["1", "2", "3"], values], isWalk: [true, false]),
            rows: (0..<3).flatMap { walk in values.map { cell(walk, $0) } })
    }

    /// A comparison with one ratio for each seed: of MPTCP over Optimal TCP, and of MPTCP next to competing TCP.
    static func comparison(_ ratios: [Double], competing: [Double]) -> ComparisonResult {
        ComparisonResult(
            replay: .init(name: "walk", sha256: "", duration: .seconds(20), traces: [], pathSettings: []),
            environment: .init(
                walkback: "", kernelRelease: "", kernelPatches: [], congestionControl: "", scheduler: "", sysctls: [:],
                settings: ReplaySettings()),
            runs: [], oracles: [],
            ratios: ratios.enumerated().map { .init(name: "mptcp/optimal", seed: UInt64($0 + 1), value: $1) }
                + [.init(name: "mptcp/optimal", value: 7), .init(name: "mptcp/best-static", seed: 1, value: 9)],
            competitions: competing.enumerated().map {
                .init(seed: UInt64($0 + 1), mptcp: .zero, flows: [], optimal: .zero, ratio: $1, jain: nil)
            }, command: "")
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The texts of the cells in the table row with this head, with "!" before those that are marked as bad.
    func cells(of head: String) -> [String]? {
        let mark = "<th scope=\"row\">\(head)</th>"
        guard let row = components(of: "<tr").first(where: { $0.contains(mark) }) else { return nil }
        return row.components(of: "<td").map { cell in
            let end = cell.firstIndex(of: ">") ?? cell.startIndex
            let text = cell[end...].dropFirst().prefix { $0 != "<" }
            return (cell[..<end].contains("bad") ? "!" : "") + text
        }
    }

    /// What follows each `mark`, up to the next one.
    func components(of mark: String) -> [Substring] {
        Array(split(separator: mark, omittingEmptySubsequences: false).dropFirst())
    }
}
