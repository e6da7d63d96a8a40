// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// One MPTCP connection over one path at a time. It leaves the old path before it joins the new one.
struct MPTCPSingle: Strategy {
    static func strategies(over paths: [String]) -> [MPTCPSingle] { [MPTCPSingle()] }

    let name = StrategyName("mptcp-single")
    let summary = "MPTCP over one path at a time, the old one left before the new one is joined."
    let breaksBeforeMaking = true

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }

    func decide(_ view: StrategyView) -> [PathUse] {
        let path = view.preference.first { view.paths[$0].isJoined }
        return view.paths.indices.map { $0 == path ? .full : .none }
    }
}
