// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// Uses the most efficient radio at every moment, which it knows from the trace.
struct MPTCPOmniscient: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPOmniscient] { [MPTCPOmniscient()] }

    let name = StrategyName("mptcp-omniscient")
    let summary = "MPTCP over the most efficient radio of each moment, known from the trace."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.knownRadios(kinds) }

    func foresee(_ walk: KnownWalk) throws -> Foresight {
        Foresight(selections: try EnergyForesight.selections(of: walk, dwell: .zero))
    }

    func decide(_ view: StrategyView) -> [PathUse] { view.uses(of: view.selected ?? []) }
}
