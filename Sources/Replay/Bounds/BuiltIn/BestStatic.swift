// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What the best single link could have carried: the one that carries most over the whole run.
package enum BestStatic: Bound {
    package static let name: BoundName = "best-static"
    package static let summary = "the capacity of the link that carries most over the whole run"
    package static let measure = BoundMeasure.ipBytes

    package static func label(window: Duration) -> String { "capacity of the best link" }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { bytes(walk.links, walk.windows) }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        completion(of: size.onTheWire, walk.links, walk.windowsOfWalk)
    }

    package static func bytes(_ links: [WalkLink], _ windows: OracleWindows) -> ByteCount {
        ByteCount(nearest: links.map { $0.carried(in: .zero..<max(.zero, windows.duration)) }.max() ?? 0)
    }

    /// - Parameter size: in IP bytes.
    package static func completion(
        of size: ByteCount, _ links: [WalkLink], _ windows: OracleWindows
    ) -> Duration? {
        links.compactMap { $0.time(carrying: Double(size.bytes), from: .zero, until: windows.duration) }.min()
    }
}
