// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Plans
import Results
import Traces

/// series.csv: every run in steps of 100 ms from its first SYN.
///
/// A row of path `all` holds the in-order application bytes, and the bytes that arrived on all links of that direction.
/// The rows of the paths hold what arrived on each link, in either direction. Application bytes of a single path are
/// not known, so that field is empty. If both directions of one run were measured, rows of both directions stand with
/// it.
package enum SeriesFile {
    package static let header = "run,time_s,path,direction,app_bytes,wire_bytes\n"
    private static let binsPerRow = 10

    package static func csv(of result: ComparisonResult) -> String {
        result.runs.reduce(into: header) { text, run in
            let isDivided = result.runs.contains { $0.id == run.id && $0.direction != run.direction }
            text += rows(of: run, links: isDivided ? [run.direction] : Direction.allCases)
        }
    }

    /// Rows in order of time; within a step, first `all`, then the links in the order of the series.
    ///
    /// - Parameter directions: the directions of the links to write.
    package static func rows(
        of run: ComparisonResult.Run, links directions: [Direction] = Direction.allCases
    ) -> String {
        let series = run.series
        let bins = max(series.delivered.count, series.links.map(\.arrived.count).max() ?? 0)
        let delivered = sums(series.delivered, bins: bins)
        let links = series.links.filter { directions.contains($0.direction) }.map {
            (link: $0, bytes: sums($0.arrived, bins: bins))
        }
        let id = CSVField.text(run.id)
        let places = ["\(id),", ",all,\(run.direction.rawValue),"].map { Array($0.utf8) }
        let linkPlaces = links.map { Array(",\(CSVField.text($0.link.path)),\($0.link.direction.rawValue),,".utf8) }
        var text: [UInt8] = []
        text.reserveCapacity(delivered.count * (links.count + 1) * 40)
        for row in delivered.indices {
            let time = Array("\(row / 10).\(row % 10)".utf8)
            let wire = links.reduce(0) { $0 + ($1.link.direction == run.direction ? $1.bytes[row] : 0) }
            text += places[0] + time + places[1]
            append(delivered[row], to: &text)
            text.append(UInt8(ascii: ","))
            append(wire, to: &text)
            text.append(UInt8(ascii: "\n"))
            for (index, link) in links.enumerated() {
                text += places[0] + time + linkPlaces[index]
                append(link.bytes[row], to: &text)
                text.append(UInt8(ascii: "\n"))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func sums(_ values: [UInt32], bins: Int) -> [Int64] {
        stride(from: 0, to: bins, by: binsPerRow).map { start in
            values[min(start, values.count)..<min(start + binsPerRow, values.count)].reduce(0) { $0 + Int64($1) }
        }
    }

    private static func append(_ value: Int64, to text: inout [UInt8]) {
        let start = text.count
        var rest = value.magnitude
        repeat {
            text.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        text[start...].reverse()
    }
}
