// SPDX-License-Identifier: Apache-2.0
/// A strategy's name in plans, results, replays and options: `tcp-wifi-reconnect`.
///
/// A name implies nothing else. Ask ``StrategyRegistry`` for what a strategy does, or the plan of a run.
public struct StrategyName: Hashable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    public let description: String

    /// Creates a name. Whether a strategy has it is not checked here.
    public init(_ description: String) {
        self.description = description
    }

    public init(stringLiteral: String) {
        description = stringLiteral
    }

    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// The strategies that results refer to by definition: Optimal TCP is made of the TCPs, and MPTCP is compared with it.
extension StrategyName {
    /// `tcp-PATH`: TCP over this path, as the kernel leaves it.
    public static func tcp(path: String) -> StrategyName { StrategyName("tcp-\(path)") }
    /// `tcp-PATH-reconnect`: TCP over this path that connects again when the path is back.
    public static func tcpReconnect(path: String) -> StrategyName { StrategyName("tcp-\(path)-reconnect") }
    /// Optimal TCP built as one real connection.
    public static let optimalBuilt = StrategyName("optimal-built")
    /// MPTCP as the kernel runs it.
    public static let mptcp = StrategyName("mptcp")
    /// MPTCP next to a TCP connection on each path.
    public static let mptcpCompeting = StrategyName("mptcp-competing")

    /// The path of a strategy that is TCP over a single path, if that path is one of `paths`.
    package func path(among paths: some Sequence<String>) -> String? {
        paths.first { self == .tcp(path: $0) || self == .tcpReconnect(path: $0) }
    }
}
