// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// Like `mptcp-omniscient`, but keeps each choice for a while.
struct MPTCPOmniscientDamped: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPOmniscientDamped] { [MPTCPOmniscientDamped()] }

    let name = StrategyName("mptcp-omniscient-damped")
    let summary = "As mptcp-omniscient, but each choice is kept for a while."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.knownRadios(kinds) }

    func foresee(_ walk: KnownWalk) throws -> Foresight {
        Foresight(selections: try EnergyForesight.selections(of: walk, dwell: walk.energy.dwell))
    }

    func decide(_ view: StrategyView) -> [PathUse] { view.uses(of: view.selected ?? []) }
}
