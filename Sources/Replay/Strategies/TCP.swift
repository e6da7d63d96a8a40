// SPDX-License-Identifier: Apache-2.0
import Plans

/// One TCP connection over one path, as the kernel leaves it.
struct TCP: Strategy {
    let path: String

    static func strategies(over paths: [String]) -> [TCP] { paths.map { TCP(path: $0) } }

    var name: StrategyName { .tcp(path: path) }
    var summary: String { "One TCP connection over \(path)." }
    var appearance: StrategyAppearance { .path(path, isDashed: false) }

    func connections(over paths: [String]) -> [PlannedConnection] { [.tcp(path: path, reconnects: false)] }
}
