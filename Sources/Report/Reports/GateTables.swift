// SPDX-License-Identifier: Apache-2.0
import Determinism
import Results

/// The replay's gates and their outcomes.
enum GateTables {
    static func name(of outcome: ComparisonResult.GateVerdict.Outcome) -> String {
        switch outcome {
        case .met: "met"
        case .missed: "MISSED"
        case .notEvaluated: "not evaluated"
        }
    }

    static func gates(of result: ComparisonResult) -> ResultTable {
        var table = ResultTable("Gates", headers: ["gate", "", "found"], textColumns: [1, 2])
        for gate in result.gates {
            table.add(
                gate.gate,
                cells: [.init(text: name(of: gate.outcome), isBad: gate.outcome == .missed), .init(text: gate.finding)])
        }
        return table
    }

    /// How many of them are met; nil if there are none.
    static func sentence(of result: ComparisonResult) -> String? {
        guard !result.gates.isEmpty else { return nil }
        func count(_ outcome: ComparisonResult.GateVerdict.Outcome) -> Int {
            result.gates.count { $0.outcome == outcome }
        }
        let (missed, left) = (count(.missed), count(.notEvaluated))
        var text = "Gates: \(count(.met)) of \(result.gates.count) met"
        if missed > 0 { text += ", \(missed) missed" }
        if left > 0 { text += ", \(left) not evaluated" }
        return text + "."
    }
}
