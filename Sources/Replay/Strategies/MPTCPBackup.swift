// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// One MPTCP connection over every path, in which every path that is not WiFi is a backup.
struct MPTCPBackup: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPBackup] { [MPTCPBackup()] }

    let name = StrategyName("mptcp-backup")
    let summary = "MPTCP with every path but WiFi as backup."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }

    func decide(_ view: StrategyView) -> [PathUse] {
        view.paths.map { $0.kind == .wifi ? .full : .backup }
    }
}
