/// How the mobile host uses its paths; written as in the contract, `tcp-wifi-reconnect`.
package enum Strategy: Hashable, Sendable, Codable, CustomStringConvertible {
    /// One TCP connection over one path, as the kernel leaves it.
    case tcp(path: String)
    /// The same, but the application reconnects and resumes by range when the path returns.
    case tcpReconnect(path: String)
    /// One MPTCP connection over every path.
    case mptcp

    /// nil where `name` is no strategy over paths of these names.
    package init?(name: String, paths: [String]) {
        guard let strategy = Self.all(paths: paths).first(where: { $0.description == name }) else { return nil }
        self = strategy
    }

    package static func all(paths: [String]) -> [Strategy] {
        paths.map { .tcp(path: $0) } + paths.map { .tcpReconnect(path: $0) } + [.mptcp]
    }

    package var description: String {
        switch self {
        case .tcp(let path): "tcp-\(path)"
        case .tcpReconnect(let path): "tcp-\(path)-reconnect"
        case .mptcp: "mptcp"
        }
    }
}
