// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// Uses every path for a probing time, then only the most efficient radio for a holding time, and repeats.
struct MPTCPEnergy: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPEnergy] { [MPTCPEnergy()] }

    let name = StrategyName("mptcp-energy")
    var formerName: StrategyName? { StrategyName("mptcp-scheduler") }
    let summary = "MPTCP that probes every path, then uses the most efficient radio alone for a while."
    private var scheduler = EnergyScheduler(isSmart: false)

    func objection(to kinds: [PathKind]) -> String? { PathDemands.knownRadios(kinds) }

    mutating func decide(_ view: StrategyView) throws -> [PathUse] { view.uses(of: try scheduler.decide(view)) }
}
