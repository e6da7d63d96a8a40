// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Quantities
import Results
import Statistics
import Traces

/// links.csv: what each link offered over the walk, in the steps of the figures.
///
/// Capacity counts IP-layer bits and is the mean over the step that begins at `time_s`; a detached path carries
/// nothing. Delay, loss and attachment are those at the beginning of the step.
package enum LinksFile {
    private static let keys = ["time_s", "path", "direction"]

    /// - Parameter isIncluded: whether this file has a given optional column.
    private static func columns(_ isIncluded: (LinkColumn) -> Bool) -> [LinkColumn] {
        LinkColumn.all.filter { $0.linksCSV != nil && ($0.isRequired || isIncluded($0)) }
    }

    private static func header(_ columns: [LinkColumn]) -> String {
        (keys + columns.compactMap(\.linksCSV)).joined(separator: ",") + "\n"
    }

    package static func csv(of result: ComparisonResult) -> String {
        let duration = result.replay.duration
        let step = FigureSeries.step(for: duration)
        let columns = columns { column in
            result.replay.traces.contains { column.isSet(in: $0.samples, column.directions) }
        }
        return result.replay.traces.reduce(into: header(columns)) { text, trace in
            for direction in Direction.allCases {
                let curve = trace.curve(direction)
                var place = 0
                for index in 0..<Int((duration / step).rounded(.up)) {
                    let start = step * index
                    let end = min(step * (index + 1), duration)
                    while place + 1 < trace.samples.count, trace.samples[place + 1].time <= start { place += 1 }
                    guard start < end, trace.samples.indices.contains(place) else { continue }
                    var sample = trace.samples[place]
                    let rate = DataRate(
                        bitsPerSecond: curve.carried(from: start, to: end) * 8 / (end - start).seconds)
                    if direction == .down { sample.down.rate = rate } else { sample.up.rate = rate }
                    let fields = columns.map { $0.linksText(sample, direction) }
                    text += "\(start.seconds.text()),\(CSVField.text(trace.name)),\(direction.rawValue),"
                    text += fields.joined(separator: ",") + "\n"
                }
            }
        }
    }

    /// One direction of one path, as it stands in the file.
    private struct Rows {
        var times: [Duration] = []
        var links: [PathTrace.LinkSample] = []
    }

    /// Traces that give the same figures as the traces that were written.
    ///
    /// - Parameter traces: traces without samples, with their spans of detachment.
    /// - Throws: `Fault` (bad input) that names the line that is not in our format.
    static func traces(
        _ file: [UInt8], path: String, of traces: [(trace: PathTrace, detached: [Range<Duration>])]
    ) throws -> [PathTrace] {
        let first = Set(file.prefix { $0 != 0x0a }.split(separator: 0x2c).map { String(decoding: $0, as: UTF8.self) })
        let columns = columns { first.contains($0.linksCSV ?? "") }
        var table = try CSVRows(file, path: path, header: header(columns))
        var rows: [String: Rows] = [:]
        while let fields = try table.next() {
            guard let time = table.seconds(fields[0]), let direction = Direction(rawValue: fields[2]),
                let link = link(fields[Self.keys.count...], columns)
            else { throw table.fault("has a field that does not belong in this file") }
            let key = "\(CSVField.text(from: fields[1])) \(direction.rawValue)"
            rows[key, default: Rows()].times.append(time)
            rows[key, default: Rows()].links.append(link)
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

    /// nil if a field is not a valid value of its column. Attachment is not read, since the traces have its spans.
    private static func link(_ fields: ArraySlice<String>, _ columns: [LinkColumn]) -> PathTrace.LinkSample? {
        var link = PathTrace.Sample.new.down
        for (field, column) in zip(fields, columns) where column.isOfDirection {
            guard let number = Double(field), column.take(number, into: &link) else { return nil }
        }
        return link
    }

    /// A path that is attached for a part of a step carries the whole step's bytes in that part.
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
