// SPDX-License-Identifier: Apache-2.0
/// Coupled congestion control as its papers define it, in real numbers.
enum CoupledModel {
    /// One subflow when an acknowledgement arrives.
    struct Path: Equatable {
        /// In packets.
        var window: Double
        /// In any unit, which is the same for all paths.
        var roundTrip: Double
        /// Packets delivered between losses.
        var delivered: Double
    }

    /// RFC 6356, formulas (1) and (2) with windows in packets: what `acked` packets of path `index` add to its window.
    static func lia(_ paths: [Path], of index: Int, acked: Double) -> Double {
        let total = paths.map(\.window).reduce(0, +)
        let best = paths.map { $0.window / ($0.roundTrip * $0.roundTrip) }.max() ?? 0
        let rate = paths.map { $0.window / $0.roundTrip }.reduce(0, +)
        let alpha = total * best / (rate * rate)
        return min(alpha * acked / total, acked / paths[index].window)
    }

    /// Khalili and others, "MPTCP is not Pareto-optimal" (CoNEXT 2012), section 4.
    static func olia(_ paths: [Path], of index: Int, acked: Double) -> Double {
        let rate = paths.map { $0.window / $0.roundTrip }.reduce(0, +)
        let own = paths[index]
        let coupled = own.window / (own.roundTrip * own.roundTrip) / (rate * rate)
        return (coupled + alpha(paths, of: index) / own.window) * acked
    }

    private static func alpha(_ paths: [Path], of index: Int) -> Double {
        let quality = paths.map { $0.delivered / ($0.roundTrip * $0.roundTrip) }
        let best = Set(paths.indices.filter { quality[$0] >= (quality.max() ?? 0) })
        let largest = Set(paths.indices.filter { paths[$0].window >= (paths.map(\.window).max() ?? 0) })
        let collected = best.subtracting(largest)
        let count = Double(paths.count)
        if collected.contains(index) { return 1 / count / Double(collected.count) }
        if !collected.isEmpty, largest.contains(index) { return -1 / count / Double(largest.count) }
        return 0
    }
}
