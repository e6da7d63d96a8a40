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
    /// The most rows that fit into memory when the file is read: each becomes ten bins of four bytes. A comparison that
    /// would have more is refused.
    package static let mostRows = 7_000_000
    /// Eight paths in both directions are 16.
    private static let mostLinks = 64

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
        _ file: FilePieces, path: String, of runs: [ComparisonResult.Run]
    ) throws -> [Series] {
        var table = try CSVRows(path: path, header: header, file.next)
        var blocks: [Block] = []
        var rows = 0
        while let fields = try table.next() {
            rows += 1
            guard rows <= mostRows else {
                throw table.fault("has more than \(mostRows) rows, which do not fit into memory")
            }
            let run = CSVField.text(from: fields[0])
            guard let direction = Direction(rawValue: fields[3]), let wire = Int64(fields[5]), wire >= 0 else {
                throw table.fault("has a field that does not belong in this file")
            }
            if fields[2] == "all" {
                guard let bytes = Int64(fields[4]), bytes >= 0 else { throw table.fault("lacks a number of bytes") }
                if fields[1] == "0.0" { blocks.append(Block(run: run, direction: direction)) }
                guard blocks.last?.run == run, blocks.last?.direction == direction else {
                    throw table.fault("lacks the beginning of run '\(fields[0].prefix(40))'")
                }
                blocks[blocks.count - 1].delivered.append(bytes)
            } else {
                guard blocks.last?.run == run else {
                    throw table.fault("lacks the beginning of run '\(fields[0].prefix(40))'")
                }
                let last = blocks.count - 1
                let name = CSVField.text(from: fields[2])
                if let index = blocks[last].links.firstIndex(where: {
                    $0.path == name && $0.direction == direction
                }) {
                    blocks[last].links[index].sums.append(wire)
                } else {
                    guard blocks[last].links.count < mostLinks else {
                        throw table.fault("has more than \(mostLinks) links of one run")
                    }
                    blocks[last].links.append((name, direction, [wire]))
                }
            }
        }
        // A run of zero length has no rows.
        blocks.reverse()
        return try runs.map { run in
            let bins = Int(run.duration / Series.binWidth + 0.5)
            guard let block = blocks.last, block.run == run.id, block.direction == run.direction else {
                guard bins == 0 else { throw table.fault("ends before run '\(run.id)'") }
                return Series(delivered: [], links: [])
            }
            blocks.removeLast()
            return Series(delivered: block.delivered, links: block.links, bins: bins)
        }
    }
}
