// SPDX-License-Identifier: Apache-2.0
import WalkbackKit

/// An oracle: in every second, the bytes of whichever path's own TCP delivered more.
enum BestSecond: Bound {
    static let name: BoundName = "best-second"
    static let summary = "whichever TCP delivered more in every second"

    static func label(window: Duration) -> String { "best TCP of every second" }

    static func needs(paths: [String]) -> [BoundNeed] { paths.map { .run(of: "tcp-\($0)") } }

    static func bytes(of walk: MeasuredWalk) -> ByteCount? { splice(walk)?.total(seconds(walk)) }

    static func completion(of size: ByteCount, in walk: MeasuredWalk) -> Duration? {
        splice(walk)?.completion(of: size, seconds(walk))
    }

    private static func seconds(_ walk: MeasuredWalk) -> OracleWindows {
        OracleWindows(length: .seconds(1), duration: walk.duration)
    }

    private static func splice(_ walk: MeasuredWalk) -> Splice? {
        let tcps = walk.traces.compactMap { walk.tcp(over: $0.name) }
        return tcps.count == walk.traces.count ? Splice(tcps.map { .init($0) }) : nil
    }
}
