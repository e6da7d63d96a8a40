// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities

/// Spliced Optimal TCP made of TCPs that sit out an outage and their own backoff.
package enum SplicedOptimalStalled: Bound {
    package static let name: BoundName = "spliced-optimal-stalled"
    package static let summary = "Optimal TCP spliced only from stalled TCPs"
    package static let variantOf: BoundName? = SplicedOptimal.name

    package static func label(window: Duration) -> String { "from stalled TCPs only" }

    package static func needs(paths: [String]) -> [BoundNeed] {
        paths.map { .run(of: "\(StrategyName.tcp(path: $0))") }
    }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { Splices(walk).stalled?.total(walk.windows) }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        let splices = Splices(walk)
        return splices.stalled?.completion(of: size, splices.windows(walk.window))
    }
}
