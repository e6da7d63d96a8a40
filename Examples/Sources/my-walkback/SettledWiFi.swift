// SPDX-License-Identifier: Apache-2.0
import WalkbackKit

/// MPTCP that uses a WiFi path only once it has been joined for a while, so that a network at the edge of its range,
/// which comes and goes, carries nothing while another path is there.
struct SettledWiFi: Strategy {
    static func strategies(over paths: [String]) -> [SettledWiFi] { [SettledWiFi()] }

    let name: StrategyName = "mptcp-settled-wifi"
    let summary = "MPTCP that uses WiFi only once it has been joined for 5 s."
    private static let wait = Duration.seconds(5)
    /// When each path joined, by its index.
    private var joined: [Int: Duration] = [:]

    func objection(to kinds: [PathKind]) -> String? {
        kinds.contains { $0 != .wifi } ? nil : "needs a path that is not WiFi to use while WiFi settles"
    }

    mutating func decide(_ view: StrategyView) -> [PathUse] {
        for (index, path) in view.paths.enumerated() {
            if !path.isJoined { joined[index] = nil } else if joined[index] == nil { joined[index] = view.time }
        }
        let settled = view.paths.indices.filter { index in
            guard let since = joined[index] else { return false }
            return view.paths[index].kind != .wifi || view.time - since >= Self.wait
        }
        // Where nothing has settled, whatever is there is used.
        return view.paths.indices.map { settled.isEmpty || settled.contains($0) ? .full : .none }
    }
}
