// SPDX-License-Identifier: Apache-2.0
import Quantities

/// How windows are treated in which demand did not fill the link, so that what passed is only a lower bound of what
/// could have.
package enum Filling: String, Sendable, CaseIterable {
    /// The rate of the last window that was full, or what passed where that is more.
    case hold
    /// On a straight line between the full windows before and after, or what passed where that is more.
    case interpolate
    /// What passed.
    case asIs = "as-is"

    /// - Parameters:
    ///   - rates: what passed in each window.
    ///   - full: whether demand filled the link in it.
    ///   - attached: a path that is not attached carries nothing and is not filled.
    /// - Returns: the capacity of each window; nil where nothing is to be filled, or there is no full window to fill
    ///   with.
    func capacities(_ rates: [DataRate], full: [Bool], attached: [Bool]) -> [DataRate]? {
        guard self != .asIs else { return nil }
        let anchors = rates.indices.filter { full[$0] && attached[$0] }
        guard let firstAnchor = anchors.first, let lastAnchor = anchors.last else { return nil }
        var next = 0
        return rates.indices.map { index in
            while next < anchors.count, anchors[next] < index { next += 1 }
            guard attached[index], !full[index] else { return rates[index] }
            // Before the first full window, as in the first; behind the last, as in the last.
            let after = next < anchors.count ? anchors[next] : lastAnchor
            let before = next > 0 ? anchors[next - 1] : firstAnchor
            var estimate = rates[before]
            if self == .interpolate, after > before {
                let share = Double(index - before) / Double(after - before)
                estimate = DataRate(
                    bitsPerSecond: (rates[before] * (1 - share)).bitsPerSecond + (rates[after] * share).bitsPerSecond)
            }
            return max(rates[index], estimate)
        }
    }
}
