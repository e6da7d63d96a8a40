// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// Spliced Optimal TCP made of TCPs that reconnect when their path is back.
package enum SplicedOptimalReconnect: Bound {
    package static let name: BoundName = "spliced-optimal-reconnect"
    package static let summary = "Optimal TCP spliced only from reconnecting TCPs"
    package static let isOptimalTCP = true
    package static let variantOf: BoundName? = SplicedOptimal.name

    package static func label(window: Duration) -> String { "from reconnecting TCPs only" }

    package static func needs(paths: [String]) -> [BoundNeed] {
        paths.map { .run(of: "\(StrategyName.tcpReconnect(path: $0))") }
    }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { Splices(walk).reconnecting?.total(walk.windows) }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        let splices = Splices(walk)
        return splices.reconnecting?.completion(of: size, splices.windows(walk.window))
    }
}
