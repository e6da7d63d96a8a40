// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// One TCP connection of a home address that moves when association or signal change, as Mobile IP would move it.
struct MobileIP: Strategy {
    static func strategies(over paths: [String]) -> [MobileIP] { [MobileIP()] }

    let name = StrategyName("mobile-ip")
    let summary = "One TCP connection of a home address that Mobile IP moves."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }
    func connections(over paths: [String]) -> [PlannedConnection] { [.homeTCP] }

    func foresee(_ walk: KnownWalk) -> Foresight {
        Foresight(
            routes: RouteSchedule.reactive(
                paths: walk.paths, traces: walk.traces, mobility: walk.mobility, span: walk.span))
    }
}
