// SPDX-License-Identifier: Apache-2.0
import Quantities

/// How to estimate capacity in windows in which demand did not fill the link, so that what passed is only a lower bound
/// on the capacity.
package enum Filling: String, Sendable, CaseIterable {
    /// Use the rate of the last full window, or what passed if that is more.
    case hold
    /// Interpolate linearly between the full windows before and after, or use what passed if that is more.
    case interpolate
    /// Use what passed.
    case asIs = "as-is"

    /// - Parameters:
    ///   - rates: what passed in each window.
    ///   - full: whether demand filled the link in it.
    ///   - attached: whether the path was attached in each window. A detached path carries nothing and is not filled.
    /// - Returns: the capacity of each window; nil if nothing is to be filled, or there is no full window to fill from.
    func capacities(_ rates: [DataRate], full: [Bool], attached: [Bool]) -> [DataRate]? {
        guard self != .asIs else { return nil }
        let anchors = rates.indices.filter { full[$0] && attached[$0] }
        guard let firstAnchor = anchors.first, let lastAnchor = anchors.last else { return nil }
        var next = 0
        return rates.indices.map { index in
            while next < anchors.count, anchors[next] < index { next += 1 }
            guard attached[index], !full[index] else { return rates[index] }
            // Before the first full window its rate is used, and after the last one that one's rate.
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
