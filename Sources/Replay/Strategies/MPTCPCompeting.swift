// SPDX-License-Identifier: Apache-2.0
import Plans

/// One MPTCP connection over every path, and next to it one TCP connection over each.
struct MPTCPCompeting: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPCompeting] { [MPTCPCompeting()] }

    let name = StrategyName.mptcpCompeting
    let summary = "One MPTCP connection over every path, in competition with one TCP connection over each."

    func connections(over paths: [String]) -> [PlannedConnection] {
        [.mptcp(begins: .listed)] + paths.map { .tcp(path: $0, reconnects: true) }
    }
}
