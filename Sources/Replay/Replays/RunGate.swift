// SPDX-License-Identifier: Apache-2.0
import Determinism
import Quantities
import Plans

/// A requirement of a replay on every run of one strategy, such as `mptcp/longest-gap: "<= 0.35s"`.
package struct RunGate: Sendable, Equatable, CustomStringConvertible {
    package enum Demand: Sendable, Equatable {
        /// The longest gap of the whole run.
        case longestGap(Gate.Comparison, Duration)
        /// The time to the first byte on every path that comes, changes its address or is moved to.
        case firstByteOnNewPath(Gate.Comparison, Duration)
        /// The time until every path that returns carries data again.
        case carriesAgain(Gate.Comparison, Duration)
        /// The bytes that are stranded on every other path's subflow whenever a path comes.
        case stranded(Gate.Comparison, ByteCount)
        /// A kernel counter. An absent counter is zero.
        case counter(String, Gate.Comparison, Int64)
        /// These happen, and for the first time in this order.
        case events([String])
    }

    package let strategy: StrategyName
    package let demand: Demand

    package init(_ strategy: StrategyName, _ demand: Demand) {
        self.strategy = strategy
        self.demand = demand
    }

    package var description: String {
        let text =
            switch demand {
            case .longestGap(let comparison, let bound): "longest-gap \(comparison.rawValue) \(bound.seconds.text()) s"
            case .firstByteOnNewPath(let comparison, let bound):
                "first-byte-on-new-path \(comparison.rawValue) \(bound.seconds.text()) s"
            case .carriesAgain(let comparison, let bound):
                "carries-again \(comparison.rawValue) \(bound.seconds.text()) s"
            case .stranded(let comparison, let bound): "stranded \(comparison.rawValue) \(bound.bytes) B"
            case .counter(let name, let comparison, let bound): "counter \(name) \(comparison.rawValue) \(bound)"
            case .events(let events): "events \(events.joined(separator: " < "))"
            }
        return "\(strategy)/\(text)"
    }
}
