// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// Like `mptcp-energy`, but does not switch cellular off if WiFi is known to be brief.
struct MPTCPEnergySmart: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPEnergySmart] { [MPTCPEnergySmart()] }

    let name = StrategyName("mptcp-energy-smart")
    var formerName: StrategyName? { StrategyName("mptcp-smart-scheduler") }
    let summary = "As mptcp-energy, but cellular stays on where WiFi is known to be brief."
    private var scheduler = EnergyScheduler(isSmart: true)

    func objection(to kinds: [PathKind]) -> String? {
        PathDemands.knownRadios(kinds)
            ?? (kinds.contains(.wifi) && kinds.contains(.cellular)
                ? nil : "needs a path of kind wifi and one of kind cellular")
    }

    mutating func decide(_ view: StrategyView) throws -> [PathUse] { view.uses(of: try scheduler.decide(view)) }
}
