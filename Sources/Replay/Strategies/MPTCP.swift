// SPDX-License-Identifier: Apache-2.0
import Plans

/// One MPTCP connection over every path.
struct MPTCP: Strategy {
    static func strategies(over paths: [String]) -> [MPTCP] { [MPTCP()] }

    let name = StrategyName.mptcp
    let summary = "One MPTCP connection over every path."
    let appearance = StrategyAppearance.mptcp

    // Plain MPTCP prefers no path.
    func connections(over paths: [String]) -> [PlannedConnection] { [.mptcp(begins: .listed)] }
}
