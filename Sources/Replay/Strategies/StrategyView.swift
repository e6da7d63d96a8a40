// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// What the mobile host knows at an instant of a run.
public struct StrategyView {
    /// What the mobile host knows of a path.
    public struct Path: Sendable {
        /// The path's name, as in the replay.
        public let name: String
        /// What the radio is.
        public let kind: PathKind
        /// Whether its address is usable.
        public let isJoined: Bool

        /// Creates a path; each parameter is the property of the same name.
        public init(name: String, kind: PathKind, isJoined: Bool) {
            self.name = name
            self.kind = kind
            self.isJoined = isJoined
        }
    }

    /// The time since the first SYN.
    public let time: Duration
    /// The paths, in the order of the replay.
    public let paths: [Path]
    /// The replay's `energy` settings.
    public let energy: EnergyPolicy
    /// The paths that `foresee` selected for this instant, as indices; nil if it selected none for it.
    public let selected: [Int]?
    private let carried: (Int) -> ByteCount

    /// Creates a view; each parameter but `carried` is the property of the same name.
    ///
    /// - Parameter carried: returns the IP bytes that the path of this index has carried so far, in both directions.
    public init(
        time: Duration, paths: [Path], energy: EnergyPolicy = EnergyPolicy(), selected: [Int]? = nil,
        carried: @escaping (Int) -> ByteCount
    ) {
        self.time = time
        self.paths = paths
        self.energy = energy
        self.selected = selected
        self.carried = carried
    }

    /// The IP bytes that a path has carried so far, in both directions.
    public func carried(over path: Int) -> ByteCount { carried(path) }

    /// Indices of the paths, WiFi first.
    public var preference: [Int] {
        paths.indices.filter { paths[$0].kind == .wifi } + paths.indices.filter { paths[$0].kind != .wifi }
    }

    /// Uses the chosen paths fully, and the others as the replay's `energy.switching` says: without a subflow, or as
    /// backup. If no chosen path is joined, every path is used.
    public func uses(of chosen: [Int]) -> [PathUse] {
        guard chosen.contains(where: { paths[$0].isJoined }) else { return paths.map { _ in .full } }
        let others: PathUse = energy.switching == .removal ? .none : .backup
        return paths.indices.map { chosen.contains($0) ? .full : others }
    }
}
