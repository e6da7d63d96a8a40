// SPDX-License-Identifier: Apache-2.0
/// Names a strategy in plans, results, replays and options: `tcp-wifi-reconnect`.
///
/// A name says nothing else: what a strategy does is asked of the strategy (`Strategies`), or of the plan of a run.
public struct StrategyName: Hashable, Sendable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    public let description: String

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

/// The strategies that results are about by their definition: Optimal TCP is made of the TCPs, and MPTCP is compared
/// with it.
extension StrategyName {
    public static func tcp(path: String) -> StrategyName { StrategyName("tcp-\(path)") }
    public static func tcpReconnect(path: String) -> StrategyName { StrategyName("tcp-\(path)-reconnect") }
    public static let optimalBuilt = StrategyName("optimal-built")
    public static let mptcp = StrategyName("mptcp")
    public static let mptcpCompeting = StrategyName("mptcp-competing")

    /// The path of a TCP that is over one path alone, if it is one of `paths`.
    package func path(among paths: some Sequence<String>) -> String? {
        paths.first { self == .tcp(path: $0) || self == .tcpReconnect(path: $0) }
    }
}
