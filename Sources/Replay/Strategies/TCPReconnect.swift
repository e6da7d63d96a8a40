// SPDX-License-Identifier: Apache-2.0
import Plans

/// One TCP connection over one path; the application reconnects and resumes by range when the path returns.
struct TCPReconnect: Strategy {
    let path: String

    static func strategies(over paths: [String]) -> [TCPReconnect] { paths.map { TCPReconnect(path: $0) } }

    var name: StrategyName { .tcpReconnect(path: path) }
    var summary: String { "One TCP connection over \(path); the application reconnects when the path returns." }
    var appearance: StrategyAppearance { .path(path, isDashed: true) }

    func connections(over paths: [String]) -> [PlannedConnection] { [.tcp(path: path, reconnects: true)] }
}
