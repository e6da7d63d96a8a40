// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// A walk as an oracle knows it before a run: its complete traces. Times are on the trace's clock.
public struct KnownWalk: Sendable {
    /// The traces, in the order of the replay.
    public let traces: [PathTrace]
    /// The run, from the first SYN to its end.
    public let span: Range<Duration>
    /// The main direction of the workload.
    public let direction: Direction
    /// The replay's `oracle.window`: how long an oracle stays with a path.
    public let window: Duration
    /// The replay's `oracle.switching_cost`: how long nothing is carried after a move to another path.
    public let switchingCost: Duration
    /// The replay's `mobility` settings.
    public let mobility: Mobility
    /// The replay's `energy` settings.
    public let energy: EnergyPolicy
    package let paths: [RunPlan.Path]

    package init(
        traces: [PathTrace], paths: [RunPlan.Path], span: Range<Duration>, direction: Direction, window: Duration,
        switchingCost: Duration, mobility: Mobility, energy: EnergyPolicy
    ) {
        self.traces = traces
        self.paths = paths
        self.span = span
        self.direction = direction
        self.window = window
        self.switchingCost = switchingCost
        self.mobility = mobility
        self.energy = energy
    }

    /// What each path can carry in the main direction.
    public var capacity: [Curve] { traces.map { $0.curve(direction) } }
}

/// What a strategy took from the traces before a run.
public struct Foresight: Sendable {
    /// The path over which the home address is reached, and when that changes, for strategies that open a `homeTCP`.
    public var routes: [RouteChange]
    /// The paths that `StrategyView.selected` names, and when they change.
    public var selections: [PathSelection]

    /// Creates foresight; each parameter is the property of the same name.
    public init(routes: [RouteChange] = [], selections: [PathSelection] = []) {
        self.routes = routes
        self.selections = selections
    }
}
