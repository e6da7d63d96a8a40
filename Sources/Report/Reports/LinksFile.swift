import Determinism
import Documents
import Quantities
import Results
import Statistics
import Traces

/// links.csv: what each link offered over the walk, in the steps of the figures.
///
/// Capacity is the mean over the step that begins at `time_s`, of IP-layer bits; a path that is detached carries nothing. Delay,
/// loss and attachment are those at its beginning.
package enum LinksFile {
    package static let header = "time_s,path,direction,capacity_mbps,delay_ms,loss,attached\n"

    package static func csv(of result: ComparisonResult) -> String {
        let duration = result.replay.duration
        let step = FigureSeries.step(for: duration)
        return result.replay.traces.reduce(into: header) { text, trace in
            for direction in Direction.allCases {
                let curve = trace.curve(direction)
                var sample = 0
                for index in 0..<Int((duration / step).rounded(.up)) {
                    let start = step * index
                    let end = min(step * (index + 1), duration)
                    while sample + 1 < trace.samples.count, trace.samples[sample + 1].time <= start { sample += 1 }
                    guard start < end, trace.samples.indices.contains(sample) else { continue }
                    let link = trace.samples[sample][direction]
                    let rate = curve.carried(from: start, to: end) * 8 / (end - start).seconds / 1e6
                    text += "\(start.seconds.text()),\(trace.name),\(direction.rawValue),\(rate.text()),"
                    text += "\(link.delay.milliseconds.text()),\(link.loss.text()),"
                    text += trace.samples[sample].attached ? "1\n" : "0\n"
                }
            }
        }
    }

    /// One direction of one path as the file has it.
    private struct Rows {
        var times: [Duration] = []
        var links: [PathTrace.LinkSample] = []
    }

    /// Traces that give the same figures as those that were written.
    ///
    /// - Parameter traces: without samples, with their spans of detachment.
    /// - Throws: `Fault` (bad input) with the line that is none of ours.
    static func traces(
        _ file: [UInt8], path: String, of traces: [(trace: PathTrace, detached: [Range<Duration>])]
    ) throws -> [PathTrace] {
        var table = try CSVRows(file, path: path, header: header)
        var rows: [String: Rows] = [:]
        while let fields = try table.next() {
            guard let time = table.seconds(fields[0]), let direction = Direction(rawValue: fields[2]),
                let rate = Double(fields[3]), let delay = table.seconds(fields[4]), let loss = Double(fields[5]),
                rate.isFinite, rate >= 0
            else { throw table.fault("has a field that is none of this file's") }
            let key = "\(fields[1]) \(direction.rawValue)"
            rows[key, default: Rows()].times.append(time)
            rows[key, default: Rows()].links.append(
                .init(rate: .megabitsPerSecond(rate), delay: delay / 1000, loss: loss))
        }
        return try traces.map { trace, detached in
            guard let down = rows["\(trace.name) down"], let up = rows["\(trace.name) up"],
                down.times == up.times, !down.times.isEmpty
            else { throw table.fault("ends before it has both directions of path '\(trace.name)'") }
            var trace = trace
            trace.samples = samples(down, up, detached: detached, end: trace.duration)
            return trace
        }
    }

    /// What is attached for a part of a step carries the step's bytes in that part.
    private static func samples(
        _ down: Rows, _ up: Rows, detached: [Range<Duration>], end: Duration
    ) -> [PathTrace.Sample] {
        func isAway(_ time: Duration) -> Bool { detached.contains { $0.contains(time) } }
        var samples: [PathTrace.Sample] = []
        for (index, start) in down.times.enumerated() {
            let stop = index + 1 < down.times.count ? down.times[index + 1] : end
            guard start < stop else { continue }
            let cuts = detached.flatMap { [$0.lowerBound, $0.upperBound] }.filter { start < $0 && $0 < stop }
            let edges = [start] + cuts.sorted() + [stop]
            let there = zip(edges, edges.dropFirst()).filter { !isAway($0.0) }.map { $1 - $0 }.reduce(.zero, +)
            let factor = there > .zero ? (stop - start) / there : 0
            for edge in edges.dropLast() {
                func link(_ rows: Rows) -> PathTrace.LinkSample {
                    var link = rows.links[index]
                    link.rate = DataRate(bitsPerSecond: link.rate.bitsPerSecond * factor)
                    return link
                }
                samples.append(.init(time: edge, down: link(down), up: link(up), attached: !isAway(edge)))
            }
        }
        return samples
    }
}
