// SPDX-License-Identifier: Apache-2.0
import Plans

/// One TCP connection of a home address that an oracle moves to the path that will carry most in the coming window.
struct OptimalBuilt: Strategy {
    static func strategies(over paths: [String]) -> [OptimalBuilt] { [OptimalBuilt()] }

    let name = StrategyName.optimalBuilt
    let summary = "Optimal TCP as one real connection that an oracle moves to the best path of each window."
    let appearance = StrategyAppearance.optimal

    func connections(over paths: [String]) -> [PlannedConnection] { [.homeTCP] }

    func foresee(_ walk: KnownWalk) -> Foresight {
        Foresight(
            routes: RouteSchedule.optimal(
                capacity: walk.capacity, span: walk.span, window: walk.window, cost: walk.switchingCost))
    }
}
