// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A move of the home address at one of its two ends. Times are on the trace's clock.
public struct RouteChange: Codable, Sendable, Equatable {
    /// The end at which the home address moves.
    public enum End: String, Codable, Sendable {
        /// The packets that the mobile host sends.
        case mobile
        /// The packets that the home agent, in the core, forwards to the mobile host.
        case home
    }

    /// When it moves.
    public var time: Duration
    /// Where it moves.
    public var end: End
    /// The index into the plan's paths; nil: no path, so that packets vanish.
    public var path: Int?

    /// Creates a move; each parameter is the property of the same name.
    public init(time: Duration, end: End, path: Int?) {
        self.time = time
        self.end = end
        self.path = path
    }
}

/// The paths that are used from `time` on, as far as they are joined. Times are on the trace's clock.
public struct PathSelection: Codable, Sendable, Equatable {
    /// When the selection begins. It lasts until the next one.
    public var time: Duration
    /// Indices into the plan's paths.
    public var paths: [Int]

    /// Creates a selection; each parameter is the property of the same name.
    public init(time: Duration, paths: [Int]) {
        self.time = time
        self.paths = paths
    }
}

/// The settings by which energy strategies decide and act.
public struct EnergyPolicy: Codable, Sendable, Equatable {
    /// How a strategy stops using a path.
    public enum Switching: String, Codable, Sendable, CaseIterable {
        /// A path's subflow is removed and joined again.
        case removal
        /// A path's subflow becomes a backup (MP_PRIO). Stray packets still wake its radio.
        case priority
    }

    /// The name of the energy model that decisions and `energy_j` follow.
    public var model = "hybrid"
    /// How long every path is used to learn its rate.
    public var probe = Duration.seconds(10)
    /// How long the better radio is then used alone.
    public var hold = Duration.seconds(100)
    /// The shortest time for which `mptcp-omniscient-damped` keeps each choice.
    public var dwell = Duration.seconds(30)
    /// How a strategy stops using a path.
    public var switching = Switching.removal

    /// Creates the defaults, which are those of a replay without `energy`.
    public init() {}
}
