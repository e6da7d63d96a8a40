// SPDX-License-Identifier: Apache-2.0
import Quantities

/// A move of the home address at one of its two ends. Times are on the trace's clock.
public struct RouteChange: Codable, Sendable, Equatable {
    public enum End: String, Codable, Sendable {
        /// What the mobile host sends.
        case mobile
        /// What the home agent, in the core, forwards to the mobile host.
        case home
    }

    public var time: Duration
    public var end: End
    /// Index into the plan's paths; nil: nowhere, so that packets vanish.
    public var path: Int?

    public init(time: Duration, end: End, path: Int?) {
        self.time = time
        self.end = end
        self.path = path
    }
}

/// From `time` on, on the trace's clock, these paths are used as far as they are there.
public struct PathSelection: Codable, Sendable, Equatable {
    public var time: Duration
    /// Indices into the plan's paths.
    public var paths: [Int]

    public init(time: Duration, paths: [Int]) {
        self.time = time
        self.paths = paths
    }
}

/// What energy strategies decide by, and how they act.
public struct EnergyPolicy: Codable, Sendable, Equatable {
    public enum Switching: String, Codable, Sendable, CaseIterable {
        /// A path's subflow is removed and joined again.
        case removal
        /// A path's subflow becomes a backup (MP_PRIO). Stray packets still wake its radio.
        case priority
    }

    /// Name of the energy model that decisions and `energy_j` follow.
    public var model = "hybrid"
    /// For how long every path is used to learn its rate.
    public var probe = Duration.seconds(10)
    /// For how long the better radio is then used alone.
    public var hold = Duration.seconds(100)
    /// How long `mptcp-omniscient-damped` stays with each choice at least.
    public var dwell = Duration.seconds(30)
    public var switching = Switching.removal

    public init() {}
}
