// SPDX-License-Identifier: Apache-2.0
import Quantities

/// What all links could have carried together, whoever used them: a bound on the walk, not on a protocol.
package enum CapacitySum: Bound {
    package static let name: BoundName = "capacity-sum"
    package static let summary = "the capacity of all links together"
    package static let measure = BoundMeasure.ipBytes
    /// The widest bound is the first row of the bounds from the traces.
    package static let rowOrder = -1

    package static func label(window: Duration) -> String { "capacity of all links" }

    package static func bytes(of walk: MeasuredWalk) -> ByteCount? { bytes(walk.links, walk.windows) }

    package static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        completion(of: size.onTheWire, walk.links, walk.windowsOfWalk)
    }

    package static func bytes(_ links: [WalkLink], _ windows: OracleWindows) -> ByteCount {
        let whole = Duration.zero..<max(.zero, windows.duration)
        return ByteCount(nearest: links.map { $0.carried(in: whole) }.reduce(0, +))
    }

    /// - Parameter size: in IP bytes.
    package static func completion(
        of size: ByteCount, _ links: [WalkLink], _ windows: OracleWindows
    ) -> Duration? {
        // There is no curve for the sum of several links, so its inverse is found by bisection.
        func all(_ time: Duration) -> Double { links.reduce(0) { $0 + $1.carried(in: .zero..<time) } }
        let amount = Double(size.bytes)
        guard windows.duration > .zero, all(windows.duration) >= amount else { return nil }
        var (low, high) = (Int64(0), windows.duration.wholeNanoseconds)
        while low < high {
            let middle = low + (high - low) / 2
            if all(.nanoseconds(middle)) >= amount { high = middle } else { low = middle + 1 }
        }
        return .nanoseconds(low)
    }
}
