// SPDX-License-Identifier: Apache-2.0
extension ComparisonResult {
    /// What came of one of the replay's gates.
    package struct GateVerdict: Sendable, Equatable {
        package enum Outcome: String, Sendable, CaseIterable {
            case met, missed
            /// What it stands on was not run.
            case notEvaluated = "not-evaluated"
        }

        /// As `mptcp/optimal >= 1`.
        package var gate: String
        /// What it stands on, as `mptcp/optimal` or `mptcp/longest-gap`.
        package var quantity: String
        package var outcome: Outcome
        /// What was found, to stand after the gate and a comma.
        package var finding: String

        package init(gate: String, quantity: String, outcome: Outcome, finding: String) {
            self.gate = gate
            self.quantity = quantity
            self.outcome = outcome
            self.finding = finding
        }

        /// For the user's eyes; nil where there is nothing to tell.
        package var note: String? {
            switch outcome {
            case .met: nil
            case .missed: "gate not met: \(gate), but \(finding)"
            case .notEvaluated: "gate not evaluated: \(gate), since \(finding)"
            }
        }
    }
}
