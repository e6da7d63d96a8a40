// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Traces

/// What the mobile host knows at an instant of a run.
public struct StrategyView {
    public struct Path: Sendable {
        public let name: String
        public let kind: PathKind
        /// Whether its address is usable.
        public let isJoined: Bool

        public init(name: String, kind: PathKind, isJoined: Bool) {
            self.name = name
            self.kind = kind
            self.isJoined = isJoined
        }
    }

    /// Since the first SYN.
    public let time: Duration
    /// In the order of the replay.
    public let paths: [Path]
    /// The replay's `energy` settings.
    public let energy: EnergyPolicy
    /// What `foresee` selected for this instant: indices of paths; nil where it selected nothing for it.
    public let selected: [Int]?
    private let carried: (Int) -> ByteCount

    /// - Parameter carried: the IP bytes that the path of this index has carried so far, both directions.
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

    /// The IP bytes that a path has carried so far, both directions.
    public func carried(over path: Int) -> ByteCount { carried(path) }

    /// Indices of the paths, WiFi first.
    public var preference: [Int] {
        paths.indices.filter { paths[$0].kind == .wifi } + paths.indices.filter { paths[$0].kind != .wifi }
    }

    /// The chosen paths in full, and the others as the replay's `energy.switching` has it: without a subflow, or as
    /// backup. If no chosen path is there, any will do.
    public func uses(of chosen: [Int]) -> [PathUse] {
        guard chosen.contains(where: { paths[$0].isJoined }) else { return paths.map { _ in .full } }
        let others: PathUse = energy.switching == .removal ? .none : .backup
        return paths.indices.map { chosen.contains($0) ? .full : others }
    }
}
