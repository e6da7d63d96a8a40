// SPDX-License-Identifier: Apache-2.0
import Plans
import Traces

/// One TCP connection at a time, over WiFi where it is joined and over another path else: what a phone does.
struct WiFiFirst: Strategy {
    static func strategies(over paths: [String]) -> [WiFiFirst] { [WiFiFirst()] }

    let name = StrategyName("wifi-first")
    let summary = "One TCP connection at a time, over WiFi if it is there: what a phone does."

    func objection(to kinds: [PathKind]) -> String? { PathDemands.wifiAndAnother(kinds) }
    func connections(over paths: [String]) -> [PlannedConnection] { [.preferredTCP] }
}
