// SPDX-License-Identifier: Apache-2.0
import Bounds
import Determinism

/// A requirement of a replay on a ratio, such as `mptcp/spliced-optimal: ">= 1.0"`.
package struct Gate: Sendable, Equatable, CustomStringConvertible {
    package enum Comparison: String, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    /// The ratios that a comparison computes, the headline first, including those of an uplink that is measured
    /// together with a downlink.
    package static var ratios: [String] {
        let bounds = [.optimal] + KnownBounds.compared.map { $0.name }
        return ["", "up:"].flatMap { direction in bounds.map { "\(direction)mptcp/\($0)" } }
    }

    package let ratio: String
    package let comparison: Comparison
    package let bound: Double

    package init(ratio: String, comparison: Comparison, bound: Double) {
        self.ratio = ratio
        self.comparison = comparison
        self.bound = bound
    }

    /// - Parameter text: an operator and a number. The result is nil if it is anything else.
    package init?(ratio: String, text: String) {
        // The longer operators come first, because ">=" begins with ">".
        guard let comparison = Comparison.allCases.first(where: { text.hasPrefix($0.rawValue) }) else { return nil }
        let number = text.dropFirst(comparison.rawValue.count).drop { $0 == " " }
        guard let bound = Double(number), bound.isFinite, bound >= 0, bound <= 1000 else { return nil }
        self.init(ratio: ratio, comparison: comparison, bound: bound)
    }

    /// A value that could not be measured meets no gate.
    package func isMet(by value: Double?) -> Bool {
        guard let value, value.isFinite else { return false }
        return comparison.holds(value, bound)
    }

    package var description: String { "\(ratio) \(comparison.rawValue) \(bound.text())" }
}

extension Gate.Comparison {
    /// Whether `value` is in this relation to `bound`.
    package func holds<Value: Comparable>(_ value: Value, _ bound: Value) -> Bool {
        switch self {
        case .atLeast: value >= bound
        case .atMost: value <= bound
        case .above: value > bound
        case .below: value < bound
        }
    }
}
