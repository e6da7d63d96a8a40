// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// The same choice as `wifi-first`, made by one TCP connection of a home address that moves at the very instant of
/// association.
struct WiFiFirstIdeal: Strategy {
    static func strategies(over paths: [String]) -> [WiFiFirstIdeal] { [WiFiFirstIdeal()] }

    let name = StrategyName("wifi-first-ideal")
    let summary = "WiFi First by one TCP connection that moves at the instant of association."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }
    func connections(over paths: [String]) -> [PlannedConnection] { [.homeTCP] }

    func foresee(_ walk: KnownWalk) -> Foresight {
        Foresight(routes: RouteSchedule.ideal(paths: walk.paths, span: walk.span))
    }
}
