// SPDX-License-Identifier: Apache-2.0
import Determinism
import Plans
import Quantities
import Results
import Traces
import Verification

/// A link that follows its curve to the nanosecond, written as simply as possible. Its source pauses now and then.
struct PerfectLink {
    var rates: [(time: Duration, rate: DataRate)]
    var conditions: [LinkTable.Condition]
    var attachments: [RunPlan.Attachment] = []
    var jitter = Duration.zero
    var offset = Duration.zero
    var end = Duration.seconds(20)
    /// The mean time after which a busy source pauses, and the mean length of a pause; nil: it never pauses.
    var pauses: (every: Duration, length: Duration)?
    var smallestPacket: Int64 = 1500
    var overhead: Int64 = 0
    var seed: UInt64 = 1

    var table: LinkTable {
        LinkTable(
            curve: Curve(rates: rates, end: end), conditions: conditions, queue: ByteCount(100_000),
            overhead: ByteCount(overhead))
    }

    func measure(_ link: Series.Link, window: Duration, against table: LinkTable? = nil) -> ComparisonResult.Fidelity {
        .measure(
            link, table: table ?? self.table, attachments: attachments, jitter: jitter, offset: offset,
            duration: end - offset, largestPacket: ByteCount(1500), window: window)
    }

    private func delay(at time: Int64) -> Int64 {
        let row = conditions.last { $0.time.wholeNanoseconds <= time } ?? conditions[0]
        return row.delay.wholeNanoseconds + jitter.wholeNanoseconds
    }

    private func loss(at time: Int64) -> Double {
        (conditions.last { $0.time.wholeNanoseconds <= time } ?? conditions[0]).loss
    }

    /// The detachment that begins within [start, end], if there is one, and when it is over.
    private func detachment(from start: Int64, through end: Int64) -> Range<Int64>? {
        for (index, change) in attachments.enumerated() where !change.attached {
            let from = change.time.wholeNanoseconds
            let to = index + 1 < attachments.count ? attachments[index + 1].time.wholeNanoseconds : .max
            if from >= start, from <= end { return from..<to }
        }
        return nil
    }

    func run() -> Series.Link {
        let curve = table.curve
        let bin = Series.binWidth.wholeNanoseconds
        let zero = offset.wholeNanoseconds
        let bins = Int((end.wholeNanoseconds - zero) / bin)
        var link = Series.Link(
            path: "wifi", direction: .down, arrived: Array(repeating: 0, count: bins),
            lost: Array(repeating: 0, count: bins), dropped: Array(repeating: 0, count: bins),
            idle: Array(repeating: false, count: bins))
        func markIdle(_ from: Int64, _ to: Int64) {
            let last = min((min(to, end.wholeNanoseconds) - 1 - zero) / bin, Int64(bins) - 1)
            guard from < to, last >= max(0, (from - zero) / bin) else { return }
            for index in max(0, (from - zero) / bin)...last { link.idle[Int(index)] = true }
        }
        var random = SplitMix64(seed: seed)
        var position: UInt64 = 0
        // The source is two packets ahead of the link while it is busy.
        var departures = [zero, zero]
        var lastArrival: Int64 = .min
        var pauseAt = zero + (pauses?.every.wholeNanoseconds ?? .max / 2)
        while true {
            var now = departures[departures.count - 2]
            if let pauses, departures[departures.count - 1] >= pauseAt {
                let quiet = departures[departures.count - 1]
                now = quiet + Int64(random.nextUnit() * 2 * Double(pauses.length.wholeNanoseconds)) + 1
                markIdle(quiet, now)
                pauseAt = now + Int64(random.nextUnit() * 2 * Double(pauses.every.wholeNanoseconds))
            }
            let length = smallestPacket + Int64(random.nextUnit() * Double(1501 - smallestPacket))
            position = max(position, curve.position(atNanosecond: now).units) + UInt64(length + overhead) * 256
            let departure = curve.nanosecond(reaching: .init(units: position))
            let arrival = departure.map { max($0 + delay(at: $0), lastArrival) } ?? .max
            if let away = detachment(from: now, through: arrival) {
                guard away.upperBound < end.wholeNanoseconds else {
                    markIdle(away.lowerBound, end.wholeNanoseconds)
                    break
                }
                markIdle(away.lowerBound, away.upperBound)
                departures = [away.upperBound, away.upperBound]
                position = 0
                continue
            }
            guard let departure, arrival < zero + Int64(bins) * bin else { break }
            departures = [departures[1], departure]
            if random.nextUnit() < loss(at: departure) {
                if departure >= zero { link.lost[Int((departure - zero) / bin)] += UInt32(length) }
            } else {
                lastArrival = arrival
                link.arrived[Int((arrival - zero) / bin)] += UInt32(length)
            }
        }
        return link
    }
}
