// SPDX-License-Identifier: Apache-2.0
extension ComparisonResult {
    /// The verdict on one of the replay's gates.
    package struct GateVerdict: Sendable, Equatable {
        package enum Outcome: String, Sendable, CaseIterable {
            case met, missed
            /// The quantity that the gate tests was not run.
            case notEvaluated = "not-evaluated"
        }

        /// For example `mptcp/optimal >= 1`.
        package var gate: String
        /// The quantity that the gate tests, for example `mptcp/optimal` or `mptcp/longest-gap`.
        package var quantity: String
        package var outcome: Outcome
        /// The finding, worded to follow the gate and a comma.
        package var finding: String

        package init(gate: String, quantity: String, outcome: Outcome, finding: String) {
            self.gate = gate
            self.quantity = quantity
            self.outcome = outcome
            self.finding = finding
        }

        /// A note for the user; nil if there is nothing to report.
        package var note: String? {
            switch outcome {
            case .met: nil
            case .missed: "gate not met: \(gate), but \(finding)"
            case .notEvaluated: "gate not evaluated: \(gate), because \(finding)"
            }
        }
    }
}
