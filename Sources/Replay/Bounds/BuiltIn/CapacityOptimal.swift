// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities

/// What the links could have carried if one is used at a time: in each window the one that carries most.
package enum CapacityOptimal: Bound {
    package static let name: BoundName = "capacity-optimal"
    package static let summary = "the capacity of the better link in every window"
    package static let measure = BoundMeasure.ipBytes

    package static func label(window: Duration) -> String { "capacity, best link per \(window.seconds.text()) s" }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { bytes(walk.links, walk.windows) }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        completion(of: size.onTheWire, walk.links, walk.windowsOfWalk)
    }

    package static func bytes(_ links: [WalkLink], _ windows: OracleWindows) -> ByteCount {
        ByteCount(nearest: windows.mean { span in links.map { $0.carried(in: span) }.max() ?? 0 })
    }

    /// Takes the link that carries most in each window, and in the last window the one that finishes first.
    ///
    /// - Parameter size: in IP bytes.
    package static func completion(
        of size: ByteCount, _ links: [WalkLink], _ windows: OracleWindows
    ) -> Duration? {
        windows.meanCompletion(
            of: Double(size.bytes), best: { span in links.map { $0.carried(in: span) }.max() ?? 0 },
            reaching: { start, rest in
                links.compactMap { $0.time(carrying: rest, from: start, until: windows.duration) }.min()
            })
    }
}
