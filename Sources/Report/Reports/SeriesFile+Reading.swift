// SPDX-License-Identifier: Apache-2.0
import Documents
import Plans
import Results
import Traces

/// What series.csv keeps of a run's series: sums over 100 ms. Figures are made from these sums alone, so that a report
/// is the same whether it is made at once or from the files.
extension Series {
    private static let rowBins = 10

    /// The same series with the sum of every 100 ms in the first of its bins and zero in the others.
    package var inRows: Series {
        func rows(_ values: [UInt32]) -> [UInt32] {
            var sums = [UInt32](repeating: 0, count: values.count)
            for start in stride(from: 0, to: values.count, by: Self.rowBins) {
                sums[start] = UInt32(
                    clamping: values[start..<min(start + Self.rowBins, values.count)].reduce(0) { $0 + UInt64($1) })
            }
            return sums
        }
        return Series(
            delivered: rows(delivered),
            links: links.map {
                Link(
                    path: $0.path, direction: $0.direction, arrived: rows($0.arrived), lost: [], dropped: [], idle: [])
            })
    }

    /// - Parameter bins: the number of bins. It is used if it agrees with the number of sums to within one row; else
    ///   the sums determine it.
    fileprivate init(delivered: [Int64], links: [(path: String, direction: Direction, sums: [Int64])], bins: Int) {
        func spread(_ sums: [Int64]) -> [UInt32] {
            let all = sums.count * Self.rowBins
            var values = [UInt32](repeating: 0, count: all - bins < Self.rowBins && bins <= all ? bins : all)
            for (row, sum) in sums.enumerated() where row * Self.rowBins < values.count {
                values[row * Self.rowBins] = UInt32(clamping: sum)
            }
            return values
        }
        self.init(
            delivered: spread(delivered),
            links: links.map {
                Link(
                    path: $0.path, direction: $0.direction, arrived: spread($0.sums), lost: [], dropped: [], idle: [])
            })
    }
}

extension SeriesFile {
    private struct Block {
        let run: String
        let direction: Direction
        var delivered: [Int64] = []
        var links: [(path: String, direction: Direction, sums: [Int64])] = []
    }

    /// The series of each of `runs`, in their order.
    ///
    /// - Throws: `Fault` (bad input) if the file holds other runs.
    static func series(
        _ file: [UInt8], path: String, of runs: [ComparisonResult.Run]
    ) throws -> [Series] {
        var table = try CSVRows(file, path: path, header: header)
        var blocks: [Block] = []
        while let fields = try table.next() {
            guard let direction = Direction(rawValue: fields[3]), let wire = Int64(fields[5]), wire >= 0 else {
                throw table.fault("has a field that does not belong in this file")
            }
            if fields[2] == "all" {
                guard let bytes = Int64(fields[4]), bytes >= 0 else { throw table.fault("lacks a number of bytes") }
                if fields[1] == "0.0" { blocks.append(Block(run: fields[0], direction: direction)) }
                guard blocks.last?.run == fields[0], blocks.last?.direction == direction else {
                    throw table.fault("lacks the beginning of run '\(fields[0].prefix(40))'")
                }
                blocks[blocks.count - 1].delivered.append(bytes)
            } else {
                guard blocks.last?.run == fields[0] else {
                    throw table.fault("lacks the beginning of run '\(fields[0].prefix(40))'")
                }
                let last = blocks.count - 1
                if let index = blocks[last].links.firstIndex(where: {
                    $0.path == fields[2] && $0.direction == direction
                }) {
                    blocks[last].links[index].sums.append(wire)
                } else {
                    blocks[last].links.append((fields[2], direction, [wire]))
                }
            }
        }
        // A run of zero length has no rows.
        var rest = blocks[...]
        return try runs.map { run in
            let bins = Int(run.duration / Series.binWidth + 0.5)
            guard let block = rest.first, block.run == run.id, block.direction == run.direction else {
                guard bins == 0 else { throw table.fault("ends before run '\(run.id)'") }
                return Series(delivered: [], links: [])
            }
            rest = rest.dropFirst()
            return Series(delivered: block.delivered, links: block.links, bins: bins)
        }
    }
}
