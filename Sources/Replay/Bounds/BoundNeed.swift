// SPDX-License-Identifier: Apache-2.0
import Plans

/// A run that a bound is computed from.
public enum BoundNeed: Sendable, Equatable {
    /// A run of single-path TCP over this path, either as the kernel leaves it or reconnecting.
    case tcp(over: String)
    /// A run of the strategy of this name, such as `optimal-built`.
    case run(of: String)

    /// - Parameter strategies: the names of the strategies that were run.
    package func isMet(by strategies: Set<String>) -> Bool {
        switch self {
        case .tcp(let path):
            strategies.contains("\(StrategyName.tcp(path: path))")
                || strategies.contains("\(StrategyName.tcpReconnect(path: path))")
        case .run(let strategy): strategies.contains(strategy)
        }
    }

    /// Says that these were not run, as the end of a sentence; nil if `groups` is empty. Any one of `groups` would have
    /// been enough.
    package static func sentence(_ groups: [[BoundNeed]]) -> String? {
        let groups = groups.filter { !$0.isEmpty }
        guard let first = groups.first else { return nil }
        let others = groups.dropFirst().map { ", nor \(list(names($0)))" }.joined()
        let paths = paths(first)
        guard paths.count < first.count else {
            return "no TCP was run over \(paths.joined(separator: " or "))\(others)"
        }
        return "\(list(names(first))) \(first.count == 1 ? "was" : "were") not run\(others)"
    }

    private static func paths(_ needs: [BoundNeed]) -> [String] {
        needs.compactMap { need in
            switch need {
            case .tcp(let path): path
            case .run: nil
            }
        }
    }

    private static func names(_ needs: [BoundNeed]) -> [String] {
        needs.map { need in
            switch need {
            case .tcp(let path): "a TCP over \(path)"
            case .run(let strategy): strategy
            }
        }
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: " and ") }
}
