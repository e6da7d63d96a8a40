// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// One TCP connection at a time, over WiFi if it is joined and otherwise over another path, as a phone does.
struct WiFiFirst: Strategy {
    static func strategies(over paths: [String]) -> [WiFiFirst] { [WiFiFirst()] }

    let name = StrategyName("wifi-first")
    let summary = "One TCP connection at a time, over WiFi if it is there: what a phone does."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }
    func connections(over paths: [String]) -> [PlannedConnection] { [.preferredTCP] }
}
