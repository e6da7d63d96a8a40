// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Traces

/// Compares one direction of one path with its curve, window by window (`Fidelity.measure` says what is compared).
struct LinkComparison {
    static let bin = Series.binWidth.wholeNanoseconds

    struct Window {
        let firstBin: Int
        /// Whether the link had something to send throughout the window, and was attached.
        let backlogged: Bool
        /// Bytes that the curve carried; the middle of the range if only a range is known.
        let curve: Double
        /// Bytes that arrived or were lost in the air, minus the bytes of the curve; negative if there were too few.
        /// Zero if the difference is within the uncertainty.
        let difference: Double
        /// Bytes by which the two may differ.
        let allowance: Double
        let violates: Bool

        var error: Double { abs(difference) }
    }

    private let link: Series.Link
    private let curve: Curve
    private let clock: ArrivalClock
    /// The fraction of the curve's bytes that are IP bytes, for packets of the largest size.
    private let share: Double
    private let largest: Double
    private let offset: Int64
    /// For each bottleneck bin, totals over the bins before it: the idle bins and the lost bytes.
    private let idleBefore: [Int]
    private let lostBefore: [Int64]
    /// Spans of trace time, each [start, end).
    private let detached: [Range<Int64>]

    init(
        _ link: Series.Link, table: LinkTable, attachments: [RunPlan.Attachment], jitter: Duration, offset: Duration,
        largestPacket: ByteCount
    ) {
        self.link = link
        curve = table.curve
        clock = ArrivalClock(conditions: table.conditions, jitter: jitter)
        largest = Double(max(1, largestPacket.bytes))
        share = largest / (largest + Double(table.overhead.bytes))
        self.offset = offset.wholeNanoseconds
        idleBefore = link.idle.reduce(into: [0]) { $0.append($0[$0.count - 1] + ($1 ? 1 : 0)) }
        lostBefore = link.lost.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int64($1)) }
        detached = attachments.enumerated().compactMap { index, change in
            guard !change.attached else { return nil }
            let start = index == 0 ? .min : change.time.wholeNanoseconds
            let end = index + 1 < attachments.count ? attachments[index + 1].time.wholeNanoseconds : .max
            return start < end ? start..<end : nil
        }
    }

    /// - Parameter bins: the bins of arrivals, within the series.
    func window(bins: Range<Int>) -> Window {
        let from = edge(ofBin: bins.lowerBound)
        let to = edge(ofBin: bins.upperBound)
        let arrived = Double(link.arrived[bins].reduce(0) { $0 + Int64($1) })
        // A packet departs in the nanosecond that completes it, so whatever departs from t on lies above C(t - 1 ns).
        let surely = max(0, carried(from.latest, to.earliest))
        let atMost = carried(from.earliest, to.latest)
        let lost = lostBytes(surely: from.latest..<max(from.latest, to.earliest), touched: from.earliest..<to.latest)
        let least = arrived + lost.least - atMost
        let most = arrived + lost.most - surely
        let difference = least > 0 ? least : min(most, 0)
        let allowance = largest + ComparisonResult.Fidelity.tolerance * (surely + atMost) / 2
        let arrivalEnd = offset + Int64(bins.upperBound) * Self.bin
        let backlogged =
            from.earliest >= offset && !isIdle(from.earliest..<to.latest)
            && !isDetached(from.earliest..<max(from.earliest, arrivalEnd))
        return Window(
            firstBin: bins.lowerBound, backlogged: backlogged, curve: (surely + atMost) / 2, difference: difference,
            allowance: allowance, violates: abs(difference) > allowance && (backlogged || difference > 0))
    }

    private func edge(ofBin bin: Int) -> ArrivalClock.Edge {
        clock.edge(of: offset + Int64(bin) * Self.bin) { start, end in surelyCompletes(from: start, before: end) }
    }

    /// Whether the link surely finished a packet that arrived: it was busy for as long as the largest packet takes, in
    /// addition to the time for what was lost.
    private func surelyCompletes(from start: Int64, before end: Int64) -> Bool {
        let needed = largest + lostBytes(surely: start..<start, touched: start..<end).most
        guard carried(start, end) >= needed else { return false }
        let position = curve.position(atNanosecond: start - 1).units
        let target = position + UInt64((needed / share).rounded(.up)) * Curve.Position.unitsPerByte
        let finished = min(end, curve.nanosecond(reaching: Curve.Position(units: target)) ?? end)
        return !isIdle(start..<max(start, finished)) && !isDetached(start..<end)
    }

    private func isDetached(_ span: Range<Int64>) -> Bool {
        detached.contains { $0.lowerBound < span.upperBound && $0.upperBound > span.lowerBound }
    }

    /// IP bytes of full-size packets that the curve carries within [start, end).
    private func carried(_ start: Int64, _ end: Int64) -> Double {
        guard end > start else { return 0 }
        let units = curve.position(atNanosecond: end - 1).units - curve.position(atNanosecond: start - 1).units
        return Double(units) / Double(Curve.Position.unitsPerByte) * share
    }

    /// Whether an idle bin touches this span of trace time. Bins outside the series count as idle, since they were not
    /// seen to be busy.
    private func isIdle(_ span: Range<Int64>) -> Bool {
        let bins = touchedBins(span)
        guard bins.lowerBound >= 0, bins.upperBound < idleBefore.count else { return true }
        return idleBefore[bins.upperBound] > idleBefore[bins.lowerBound]
    }

    private func lostBytes(surely: Range<Int64>, touched: Range<Int64>) -> (least: Double, most: Double) {
        let inner = clamped((surely.lowerBound - offset + Self.bin - 1).flooredDivision(by: Self.bin))
        let innerEnd = clamped((surely.upperBound - offset).flooredDivision(by: Self.bin))
        let outer = touchedBins(touched)
        return (
            Double(max(0, lostBefore[max(inner, innerEnd)] - lostBefore[inner])),
            Double(lostBefore[clamped(Int64(outer.upperBound))] - lostBefore[clamped(Int64(outer.lowerBound))])
        )
    }

    private func touchedBins(_ span: Range<Int64>) -> Range<Int> {
        let first = (span.lowerBound - offset).flooredDivision(by: Self.bin)
        let end = (span.upperBound - offset + Self.bin - 1).flooredDivision(by: Self.bin)
        return Int(first)..<Int(max(first, end))
    }

    private func clamped(_ bin: Int64) -> Int {
        Int(min(max(bin, 0), Int64(lostBefore.count - 1)))
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
