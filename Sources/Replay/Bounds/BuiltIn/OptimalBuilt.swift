// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// Optimal TCP, built: what one real connection delivered. An oracle moves the connection's home address to the path
/// that will carry most.
package enum OptimalBuilt: Bound {
    package static let name: BoundName = "optimal-built"
    package static let summary = "one real connection that an oracle moves to the best path"
    package static let isOptimalTCP = true

    package static func label(window: Duration) -> String { "Optimal TCP, built" }

    package static func needs(paths: [String]) -> [BoundNeed] { [.run(of: strategy)] }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { walk.run(of: strategy)?.delivered }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        walk.run(of: strategy)?.completion(of: size)
    }

    private static var strategy: String { "\(StrategyName.optimalBuilt)" }
}
