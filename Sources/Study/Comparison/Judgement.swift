// SPDX-License-Identifier: Apache-2.0
import Documents
import Reports
import Results

/// How a comparison ends: the sentences for the user, and the exit code.
enum Judgement {
    static func of(_ result: ComparisonResult) -> (notes: [String], exitCode: ExitCode) {
        let doubts = FidelitySummary.doubts(about: result)
        let notes = doubts.map { "not trustworthy: \($0)" } + result.gates.compactMap(\.note)
        // A result that cannot be trusted neither meets nor misses a gate.
        let missed = result.gates.contains { $0.outcome == .missed }
        return (notes, !doubts.isEmpty ? .notTrustworthy : missed ? .gateNotMet : .success)
    }
}
