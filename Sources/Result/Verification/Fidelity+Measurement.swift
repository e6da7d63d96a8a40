// SPDX-License-Identifier: Apache-2.0
import Plans
import Quantities
import Results
import Statistics
import Traces

extension ComparisonResult.Fidelity {
    /// The windows over which every run is checked.
    package static let windows: [Duration] = [.seconds(1), .milliseconds(100)]

    /// How much a window may differ from the curve, in addition to one largest packet, as a fraction of the curve's
    /// bytes.
    package static let tolerance = 0.001

    /// Compares what one direction of one path delivered with the curve that it should follow.
    ///
    /// A window of arrivals [a0, a1), counted from the first SYN, contains what left the bottleneck within [t0, t1),
    /// where t0 and t1 are a0 and a1 less the delay of that time. It is compared if the link was backlogged throughout
    /// [t0, t1): no idle bin touches it, and no detached period touches [t0, a1), since a detachment loses what is
    /// queued and in flight. Bytes lost in the air have used the link and count as arrived. In every window, compared
    /// or not, the link must not have delivered more than its curve allows.
    ///
    /// If the delay falls at a window's edge, or if a bin that the edge cuts holds lost bytes, the curve and the series
    /// allow a range of values; the error is then the distance from that range.
    ///
    /// - Parameters:
    ///   - link: bins of 10 ms from the first SYN on.
    ///   - table: the curve, the delays and the overhead per packet, on trace time.
    ///   - attachments: on trace time; if empty, the path is attached throughout.
    ///   - offset: trace time of the first SYN.
    ///   - duration: duration of the run; only whole windows within it are compared.
    ///   - largestPacket: the largest IP packet that was offered.
    package static func measure(
        _ link: Series.Link, table: LinkTable, attachments: [RunPlan.Attachment], jitter: Duration, offset: Duration,
        duration: Duration, largestPacket: ByteCount, window: Duration
    ) -> Self {
        let comparison = LinkComparison(
            link, table: table, attachments: attachments, jitter: jitter, offset: offset, largestPacket: largestPacket)
        let width = max(1, window.wholeNanoseconds / LinkComparison.bin)
        let bins = min(Int64(link.arrived.count), duration.wholeNanoseconds / LinkComparison.bin)
        var tally = Tally()
        for start in stride(from: 0, through: bins - width, by: Int(width)) {
            tally.add(comparison.window(bins: Int(start)..<Int(start + width)))
        }
        return Self(
            path: link.path, direction: link.direction, window: window, windows: tally.compared,
            meanError: Sample(tally.relative).mean, p95Error: Sample(tally.relative).quantile(0.95),
            maxError: tally.relative.max(), maxErrorBytes: tally.largestError,
            overallError: tally.curve > 0 ? tally.difference / tally.curve : nil,
            worstWindow: tally.worst.map { offset + .nanoseconds(Int64($0) * LinkComparison.bin) },
            violations: tally.violations, errorHistogram: tally.histogram)
    }

    /// Every path, direction and window of one run, in the order of the series.
    ///
    /// - Parameter tables: the link table of a path and direction. A link without a table is the caller's error and is
    ///   reported as one violation instead of being skipped.
    package static func measure(
        plan: RunPlan, record: RunRecord, series: Series, tables: (RunPlan.Path, Direction) -> LinkTable?
    ) -> [Self] {
        series.links.flatMap { link in
            windows.map { window in
                guard let path = plan.paths.first(where: { $0.name == link.path }),
                    let table = tables(path, link.direction),
                    let counters = record.links.first(where: {
                        $0.path == link.path && $0.direction == link.direction.rawValue
                    })
                else {
                    return Self(path: link.path, direction: link.direction, window: window, windows: 0, violations: 1)
                }
                return measure(
                    link, table: table, attachments: path.attachments,
                    jitter: link.direction == .down ? path.downJitter : path.upJitter, offset: plan.offset,
                    duration: plan.duration, largestPacket: counters.largestPacket, window: window)
            }
        }
    }

    /// Sums over the windows of one link.
    private struct Tally {
        var compared = 0
        var violations = 0
        var relative: [Double] = []
        var difference = 0.0
        var curve = 0.0
        var largestError: Double?
        /// The first bin of the window that used most of its allowance.
        var worst: Int?
        private var worstShare = -1.0
        /// Counts per tenth of the allowance; the last count is of windows beyond it.
        var histogram = [Int](repeating: 0, count: 11)

        mutating func add(_ window: LinkComparison.Window) {
            if window.violates { violations += 1 }
            guard window.backlogged || window.violates else { return }
            largestError = max(largestError ?? 0, window.error)
            if window.error / window.allowance > worstShare {
                worstShare = window.error / window.allowance
                worst = window.firstBin
            }
            guard window.backlogged else { return }
            compared += 1
            histogram[window.violates ? 10 : min(9, Int(window.error / window.allowance * 10))] += 1
            difference += window.difference
            curve += window.curve
            if window.curve > 0 { relative.append(window.error / window.curve) }
        }
    }
}
